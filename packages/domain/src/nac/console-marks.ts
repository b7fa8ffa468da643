/**
 * Marks of consoles: from which consoles an answer of a nac is made.
 *
 * One Sallygate may be a source of another. A nac names its console and all those its
 * console reads from; who finds himself in that list would be told his own devices as
 * another's, and refuses. A mark says who, and opens nothing.
 *
 * @module
 */
import { sha256, toHex, type Bytes } from '@sallygate/base/bytes'

/** Header of what a nac answers to questions for everything. */
export const consoleMarksHeader = 'x-sallygate-consoles'

/** More than anybody chains; a list that is longer is not believed to end. */
export const mostConsoleMarks = 64

export const consoleMarkPattern = /^[0-9a-f]{32}$/

/** @param point public key with which the console signs its feed. */
export function consoleMark(point: Bytes): string {
  return toHex(sha256(point)).slice(0, 32)
}

export function writeConsoleMarks(marks: readonly string[]): string {
  return marks.join(' ')
}

/** What is no mark is left out: an answer of somebody else has none. */
export function readConsoleMarks(header: string | undefined): readonly string[] {
  if (header === undefined || header.length > mostConsoleMarks * 40) return []
  return header.split(' ').filter((mark) => consoleMarkPattern.test(mark))
}
