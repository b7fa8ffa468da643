/**
 * Programs and files of an operating system for tests: what they would say, by name.
 *
 * What stands in the tests of Windows and macOS was written from Microsoft's and Apple's
 * documentation of these programs; it was not recorded on such machines.
 *
 * @module
 */
import type { Files } from '../platform/files.ts'
import type { Programs, Ran } from '../platform/programs.ts'

export interface RecordedPrograms extends Programs {
  readonly inputs: string[]
}

/** @param answers by the last part of the program's path and its arguments; what is not there is not installed. */
export function recordedPrograms(answers: Readonly<Record<string, string | Ran>>): RecordedPrograms {
  const inputs: string[] = []
  return {
    inputs,
    run(program, args, input) {
      if (input !== undefined) inputs.push(input)
      const name = program[0]?.split(/[\\/]/).at(-1) ?? ''
      const answer = answers[[name, ...args].join(' ')] ?? answers[name]
      return Promise.resolve(typeof answer === 'string' ? { code: 0, out: answer, err: '' } : answer)
    },
  }
}

export function recordedFiles(
  contents: Readonly<Record<string, string | Buffer>>,
  links: Readonly<Record<string, string>> = {},
): Files {
  return {
    read: (path) => contents[path]?.toString().trim() || undefined,
    readBytes: (path) => (contents[path] === undefined ? undefined : Buffer.from(contents[path])),
    list: (path) => [
      ...new Set(
        Object.keys(contents).flatMap((one) =>
          one.startsWith(`${path}/`) ? (one.slice(path.length + 1).split('/')[0] ?? []) : [],
        ),
      ),
    ],
    resolve: (path) => links[path] ?? path,
  }
}
