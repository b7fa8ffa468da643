/**
 * Canonical paths: every address has one spelling, and only that one exists.
 *
 * Proxies, routers and people disagree about `//`, `%2e`, `;` and upper case escapes.
 * A path that is not spelled as we would spell it is unknown, before any route looks.
 *
 * @module
 */

/** Longer than any address the console has. */
const longest = 2048

export function isCanonicalPath(path: string): boolean {
  if (path === '/') return true
  if (!path.startsWith('/') || path.length > longest) return false
  return path.slice(1).split('/').every(isCanonicalSegment)
}

function isCanonicalSegment(segment: string): boolean {
  try {
    const meaning = decodeURIComponent(segment)
    if (meaning === '' || meaning === '.' || meaning === '..' || /[/\\\p{Cc}]/u.test(meaning)) return false
    return encodeURIComponent(meaning) === segment
  } catch {
    return false
  }
}
