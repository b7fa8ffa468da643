/**
 * Check rows on a terminal: target, verdict, and for what is not well, what to do.
 *
 * @module
 */
import type { CheckRow } from './answers.ts'
import { exits, paint, print, verdict } from './output.ts'

export function printCheckRows(rows: readonly CheckRow[]): void {
  const longest = Math.max(0, ...rows.map((row) => row.target.length))
  for (const row of rows) {
    const took = paint('dim', `${row.durationMs.toFixed(0)} ms`)
    print(
      `${verdict(row.result).padEnd(row.result.length)}${' '.repeat(8 - row.result.length)} ${row.target.padEnd(longest)}  ${row.says} ${took}`,
    )
    for (const { subject, issuer, thumbprint, daysLeft } of row.chain ?? []) {
      const left = daysLeft === undefined ? '' : `, ${daysLeft} days left`
      print(`         ${' '.repeat(longest)}  ${paint('dim', `${subject}, by ${issuer}${left}`)}`)
      print(`         ${' '.repeat(longest)}  ${paint('dim', `  SHA-256 ${thumbprint}`)}`)
    }
    if (row.result !== 'ok' && row.fix !== '')
      print(`         ${' '.repeat(longest)}  ${paint('bold', '→')} ${row.fix}`)
  }
}

/** Scripts want to know without reading: 2 when something is wrong. */
export function setExitCodeFor(rows: readonly CheckRow[]): void {
  if (rows.some((row) => row.result === 'failed')) process.exitCode = exits.findings
}
