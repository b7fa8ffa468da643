/**
 * CSV for spreadsheets, in which text stays text.
 *
 * A cell that begins like a formula is run by whoever opens the file, and what people
 * called a group is in there. Such a cell gets an apostrophe, which spreadsheets show
 * as nothing.
 *
 * @module
 */

const formulaStart = /^[\s\p{Cf}]*[=+\-@\uff1d\uff0b\uff0d\uff20]/u

export function csvOf(head: readonly string[], rows: readonly (readonly string[])[]): string {
  return [head, ...rows].map((row) => `${row.map(cell).join(',')}\r\n`).join('')
}

function cell(text: string): string {
  // A new line inside of a cell is where a careless reader begins the next row.
  const flat = text.replaceAll(/[\p{Cc}\u2028\u2029]+/gu, ' ')
  const inert = formulaStart.test(text) || /^[\t\r\n]/.test(text) ? `'${flat}` : flat
  return `"${inert.replaceAll('"', '""')}"`
}
