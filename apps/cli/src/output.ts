/**
 * What the command prints: tables and sentences for people, JSON for programs.
 *
 * Answers go to standard output, everything said about the work to standard error,
 * so that `--json` output can be piped as it is.
 *
 * @module
 */
import { stripVTControlCharacters, styleText } from 'node:util'
import { Failure } from '@sallygate/base/failure'

type Style = Parameters<typeof styleText>[0]

/** Colors only where a terminal shows them (and NO_COLOR is not set: styleText looks). */
export function paint(style: Style, text: string): string {
  return styleText(style, text, { stream: process.stdout, validateStream: true })
}

export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

export function say(text: string): void {
  process.stderr.write(`${text}\n`)
}

export function printJson(value: unknown): void {
  print(JSON.stringify(value, undefined, 2))
}

export type Cell = string | number | boolean | undefined | null

/** Columns as wide as their widest cell; nothing is cut, so that what is shown can be copied. */
export function printTable(head: readonly string[], rows: readonly (readonly Cell[])[]): void {
  const cells = rows.map((row) => row.map((cell) => clean(cell === undefined || cell === null ? '–' : String(cell))))
  const widths = head.map((title, column) => Math.max(title.length, ...cells.map((row) => width(row[column] ?? ''))))
  const line = (row: readonly string[]) =>
    row
      .map((cell, column) => cell + ' '.repeat(column === row.length - 1 ? 0 : (widths[column] ?? 0) - width(cell)))
      .join('  ')
      .trimEnd()
  print(paint('bold', line(head)))
  for (const row of cells) print(line(row))
}

/** Name and value, one a line. */
export function printFields(fields: readonly (readonly [string, Cell])[]): void {
  const longest = Math.max(...fields.map(([name]) => name.length))
  for (const [name, value] of fields) print(`${paint('dim', name.padEnd(longest))}  ${clean(String(value ?? '–'))}`)
}

/** Text from elsewhere must not move the cursor, color the screen or start a new line. */
export function clean(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is being removed
  return text.includes('\u001b[') && text === text.replace(/[\u0000-\u001a\u001c-\u001f\u007f-\u009f]/g, '')
    ? text
    : stripControl(text)
}

function stripControl(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is being removed
  return stripVTControlCharacters(text).replace(/[\u0000-\u001f\u007f-\u009f]/g, ' ')
}

function width(text: string): number {
  return Array.from(stripVTControlCharacters(text)).length
}

/** 0 done · 1 it failed, and why was printed · 2 done, but a check found something wrong · 64 the command was wrong. */
export const exits = { done: 0, failed: 1, findings: 2, usage: 64 } as const

/** What went wrong, what to do, and how to find it again in the documents. */
export function printFailure(error: unknown, asJson: boolean): void {
  const failure = error instanceof Failure ? error : undefined
  if (asJson) {
    const report = failure?.toJSON() ?? {
      code: 'BASE_INTERNAL',
      says: message(error),
      fix: '',
      retry: 'never',
      details: {},
    }
    process.stderr.write(`${JSON.stringify(report)}\n`)
    return
  }
  if (failure === undefined) {
    say(`${paint(['red', 'bold'], 'Error:')} ${message(error)}`)
    if (error instanceof Error && error.stack !== undefined)
      say(paint('dim', error.stack.split('\n').slice(1).join('\n')))
    return
  }
  say(`${paint(['red', 'bold'], failure.says)}`)
  if (failure.fix !== '') say(failure.fix)
  const details = Object.entries(failure.details).map(([name, value]) => `${name}: ${clean(String(value))}`)
  if (details.length > 0) say(paint('dim', details.join('\n')))
  say(paint('dim', `(${failure.code}, see docs/errors.md)`))
}

function message(error: unknown): string {
  return error instanceof Error ? error.message : String(error)
}

/** A verdict in one word, colored by what it means. */
export function verdict(word: string): string {
  const styles: Readonly<Record<string, Style>> = {
    ok: 'green',
    up: 'green',
    live: 'green',
    attached: 'green',
    healthy: 'green',
    warning: 'yellow',
    degraded: 'yellow',
    draining: 'yellow',
    maintenance: 'yellow',
    starting: 'yellow',
    failed: 'red',
    revoked: 'red',
    detached: 'yellow',
  }
  const style = styles[word]
  return style === undefined ? word : paint(style, word)
}
