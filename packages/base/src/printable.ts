/**
 * Text of strangers, made fit for a screen and a log: nothing that a terminal or a reader of lines obeys.
 *
 * @module
 */

/** Each control character and line separator becomes a question mark; the length stays. */
export function printable(text: string): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is being removed
  return text.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029]/g, '?')
}
