/**
 * Secrets from people: from a file, from a pipe, or typed without being shown. Never from an argument.
 *
 * @module
 */
import { readPrivateFile } from '@sallygate/base/file'
import { Secret } from '@sallygate/base/secret'
import { cliFailure } from './failures.ts'
import { say } from './output.ts'

/** The first line of a file only this user can read. */
export function secretFromFile(path: string): Secret {
  return new Secret(readPrivateFile(path).toString('utf8').split(/\r?\n/, 1)[0] ?? '')
}

/** All lines of a file only this user can read. */
export function linesFromFile(path: string): readonly string[] {
  return readPrivateFile(path).toString('utf8').split(/\r?\n/)
}

/**
 * Asks on the terminal. Without a terminal the first line of standard input is taken.
 *
 * @throws CLI_BAD_ARGUMENT when there is nothing to read.
 */
export async function askSecret(question: string): Promise<Secret> {
  const { stdin } = process
  if (!stdin.isTTY) return new Secret(await firstLineOf(stdin, question))
  process.stderr.write(`${question}: `)
  stdin.setRawMode(true)
  stdin.setEncoding('utf8')
  try {
    return new Secret(await typed(stdin))
  } finally {
    stdin.setRawMode(false)
    stdin.pause()
    say('')
  }
}

async function firstLineOf(stdin: NodeJS.ReadStream, question: string): Promise<string> {
  stdin.setEncoding('utf8')
  let text = ''
  for await (const chunk of stdin) {
    text += chunk as string
    if (text.includes('\n') || text.length > 4096) break
  }
  const line = text.split(/\r?\n/, 1)[0] ?? ''
  if (line === '')
    throw cliFailure('BAD_ARGUMENT', { details: { expected: `${question}, on standard input or in a file` } })
  return line
}

function typed(stdin: NodeJS.ReadStream): Promise<string> {
  return new Promise((resolve, reject) => {
    let line = ''
    const onData = (keys: string) => {
      for (const key of keys) {
        if (key === '\r' || key === '\n' || key === '\u0004') {
          stdin.off('data', onData)
          return resolve(line)
        }
        if (key === '\u0003') {
          stdin.off('data', onData)
          return reject(cliFailure('BAD_ARGUMENT', { details: { expected: 'an answer; it was interrupted' } }))
        }
        line = key === '\u007f' || key === '\b' ? line.slice(0, -1) : line + key
      }
    }
    stdin.on('data', onData)
    stdin.resume()
  })
}
