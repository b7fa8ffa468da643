/**
 * How the reference page looks: readable at 390 pixels, light and dark, no font from elsewhere.
 *
 * @module
 */
export const referenceStyle = `:root {
  color-scheme: light dark;
  --ink: light-dark(#1b1f24, #e6e8eb);
  --soft: light-dark(#57606a, #a3acb5);
  --line: light-dark(#d5dae0, #343a42);
  --ground: light-dark(#ffffff, #15181c);
  --raised: light-dark(#f5f7f9, #1d2126);
  --link: light-dark(#0b5cad, #7ab7ff);
}
* { box-sizing: border-box; }
html { scroll-behavior: smooth; }
@media (prefers-reduced-motion: reduce) { html { scroll-behavior: auto; } }
body { margin: 0 auto; max-width: 62rem; padding: 1rem; color: var(--ink); background: var(--ground); font: 16px/1.55 system-ui, sans-serif; overflow-wrap: anywhere; }
h1 { font-size: 1.6rem; margin: .5rem 0 0; }
h2 { font-size: 1.15rem; margin: 2rem 0 .5rem; padding-bottom: .25rem; border-bottom: 1px solid var(--line); }
h4 { font-size: .85rem; margin: 1rem 0 .25rem; color: var(--soft); }
a { color: var(--link); }
code, pre { font: .875em/1.5 ui-monospace, Menlo, Consolas, monospace; }
nav ul { display: flex; flex-wrap: wrap; gap: .25rem 1rem; margin: 0; padding: .5rem 0; list-style: none; border-block: 1px solid var(--line); }
nav a { display: inline-block; padding: .25rem 0; }
details { margin: .5rem 0; border: 1px solid var(--line); border-radius: 6px; background: var(--raised); padding: 0 .75rem; }
details[open] { padding-bottom: .75rem; }
summary { padding: .6rem 0; cursor: pointer; }
summary:focus-visible, a:focus-visible, pre:focus-visible { outline: 2px solid var(--link); outline-offset: 2px; }
.method { display: inline-block; min-width: 4.2em; font-weight: 600; font-size: .8rem; }
.get { color: light-dark(#1a6b3c, #7bd69c); }
.post { color: light-dark(#0b5cad, #7ab7ff); }
.put { color: light-dark(#8a5200, #f0b35c); }
.patch { color: light-dark(#8a5200, #f0b35c); }
.delete { color: light-dark(#a3262a, #ff9a93); }
.says { display: block; color: var(--soft); font-size: .925rem; }
.needs, .kind { color: var(--soft); font-size: .875rem; }
.needs { margin: 0; }
.fields { margin: .25rem 0; padding-left: 1rem; }
.fields .fields { border-left: 1px solid var(--line); }
pre { margin: .25rem 0; padding: .6rem; overflow-x: auto; border: 1px solid var(--line); border-radius: 6px; background: var(--ground); }
`
