/**
 * Lets Node itself read and link every file that it will have to run.
 *
 * The accident it prevents: the test runner transforms TypeScript, Node only
 * strips types. An enum, a parameter property, a decorator, a type imported
 * without `type`, a name that the other file does not export: tests pass, and
 * the program does not start.
 *
 * A child imports all files at once behind a module that throws. Node loads,
 * strips, parses and links the whole graph before it evaluates anything, and
 * evaluation ends at that first module: so nothing of ours runs, whatever is
 * only reached by a dynamic import or as a worker is linked too, and the verdict
 * is that of the loader itself and not of something like it.
 *
 * What it cannot see: `import()` of a name that is not there, and what a file does when it runs.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { pathToFileURL } from 'node:url'

const linked = 'everything is linked'

/** What Node runs: all TypeScript but the browser's, which a bundler reads, and tests, which the test runner reads. */
export function runByNode(files: readonly string[]): readonly string[] {
  return files.filter(
    (file) => file.endsWith('.ts') && !/\.(?:test|config)\.ts$/.test(file) && !file.startsWith('apps/web/'),
  )
}

/** @returns what Node says about the first file it cannot take, with its place; `undefined` when there is none. */
export function checkStarts(files: readonly string[], folder: string): string | undefined {
  const stop = `data:text/javascript,${encodeURIComponent(`throw new Error(${JSON.stringify(linked)})`)}`
  const graph = [stop, ...files.map((file) => pathToFileURL(join(folder, file)).href)]
  const child = spawnSync(process.execPath, ['--no-warnings', '--input-type=module'], {
    input: graph.map((url) => `import ${JSON.stringify(url)}\n`).join(''),
    cwd: folder,
    encoding: 'utf8',
  })
  return child.stderr.includes(`Error: ${linked}`) ? undefined : child.stderr
}
