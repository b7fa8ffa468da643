/**
 * Text that cannot become anything but text: no control characters, no half characters, no more bytes than there is room for.
 *
 * A line feed in a value is how a log is forged. It is not dropped, which would hide that it
 * was there, but shown: each control character as its picture (U+2400 and following).
 *
 * @module
 */

// oxlint-disable-next-line no-control-regex -- control characters are what is being replaced
const controls = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g

/** C0 and DEL have pictures of their own; C1 and the Unicode line ends have not. */
function picture(control: string): string {
  const code = control.charCodeAt(0)
  if (code < 0x20) return String.fromCharCode(0x2400 + code)
  return code === 0x7f ? '\u2421' : '\ufffd'
}

/** One line of well-formed Unicode. What was that already stays as it is. */
export function lineOf(text: string): string {
  return text.toWellFormed().replace(controls, picture)
}

/** As `lineOf`, but a tab stays: it ends no line, and some formats put it between their fields. */
export function messageOf(text: string): string {
  return text.split('\t').map(lineOf).join('\t')
}

/** At most so many bytes of UTF-8, cut between characters and not within one. */
export function cutBytes(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  const buffer = Buffer.from(text, 'utf8')
  let end = Math.max(0, bytes)
  while (end > 0 && ((buffer[end] as number) & 0xc0) === 0x80) end--
  return buffer.toString('utf8', 0, end)
}

/** What stands at the end of a text that was cut. */
export const cutMark = '...'

/** As `cutBytes`, with a mark at the end if something is missing and the mark has room. */
export function cutText(text: string, bytes: number): string {
  if (Buffer.byteLength(text) <= bytes) return text
  return bytes < cutMark.length ? cutBytes(text, bytes) : cutBytes(text, bytes - cutMark.length) + cutMark
}

/** For a field of printable ASCII without blanks, as most of a header is: everything else becomes `_`. */
export function printable(text: string, most: number): string {
  return text.replace(/[^\u0021-\u007e]/gu, '_').slice(0, most)
}

export const isAscii = (text: string): boolean => Buffer.byteLength(text) === text.length
