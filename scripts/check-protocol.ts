/**
 * Holds every numbered sentence of the protocol pages against the tests that cite it.
 *
 * A page numbers what MUST hold (`**M-E7**`); a test that holds it says so in its
 * name or a comment (`PROTOCOL M-E7`, or several: `PROTOCOL M-E7, M-E8`). A number
 * without a test is a promise nobody keeps; a citation without a number is a test
 * that nobody finds.
 *
 *   node scripts/check-protocol.ts
 *
 * @module
 */
import { readSource, repositoryFiles } from './source-files.ts'

const definition = /\*\*(M-[A-Z]+\d+)\*\*/g
const citation = /PROTOCOL ((?:M-[A-Z]+\d+)(?:(?:, | and )M-[A-Z]+\d+)*)/g
const number = /M-[A-Z]+\d+/g

/** What may be blamed, as lines for a person. */
export function checkProtocol(files: readonly string[], read: (file: string) => string): readonly string[] {
  const pages = files.filter((file) => /^(?:PROTOCOL\.md|docs\/protocol\/[^/]+\.md)$/.test(file))
  const tests = files.filter((file) => /\.test\.tsx?$/.test(file))
  const cited = new Map<string, string>()
  for (const file of tests)
    for (const match of read(file).matchAll(citation))
      for (const [name] of (match[1] ?? '').matchAll(number)) cited.set(name, file)

  const defined = new Set<string>()
  const complaints = pages.flatMap((page) => {
    const numbers = [...read(page).matchAll(definition)].map((match) => match[1] ?? '')
    for (const name of numbers) defined.add(name)
    const twice = numbers.filter((name, at) => numbers.indexOf(name) !== at)
    const untested = numbers.filter((name) => !cited.has(name))
    return [
      ...twice.map((name) => `${page}: ${name} is there twice`),
      ...untested.map((name) => `${page}: no test cites PROTOCOL ${name}`),
    ]
  })
  const unknown = [...cited].filter(([name]) => !defined.has(name))
  return [...complaints, ...unknown.map(([name, file]) => `${file}: cites PROTOCOL ${name}, which no page has`)]
}

if (process.argv[1] === import.meta.filename) {
  const complaints = checkProtocol(repositoryFiles(), readSource)
  for (const complaint of complaints) console.log(complaint)
  process.exitCode = complaints.length === 0 ? 0 : 1
}
