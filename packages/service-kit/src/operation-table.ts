/**
 * The operation table: every operation both ends know, with its class.
 *
 * Its version is signed into each request. Two ends that read the same version must
 * find the same class under the same name, so the version below rises with every
 * change; a test holds the digest of each version.
 *
 * @module
 */
import { sha256, toHex } from '@sallygate/base/bytes'
import type { Contract, Operation, OperationClass } from './contract.ts'
import { serviceFailure } from './failures.ts'
import { outcomeQuestion, questionOf } from './reconcile.ts'

/** Raise it when an operation is added, removed, renamed or gets another class. */
export const TABLE_VERSION = 2

export interface TableRow {
  /** `directory.search` */
  readonly name: string
  readonly contract: Contract
  /** `search` */
  readonly key: string
  readonly class: OperationClass
  readonly operation: Operation
  /** Of a question about the outcome of an operation: that operation's key. Who may do it may ask. */
  readonly of?: string
}

export interface OperationTable {
  readonly version: number
  /** SHA-256 over names and classes, hex. */
  readonly digest: string
  readonly rows: readonly TableRow[]
  readonly contracts: readonly Contract[]
  /** @throws SERVICE_UNKNOWN_OPERATION. */
  find(name: string): TableRow
}

/** Takes contracts of any shape; the table reads only what all have in common. */
export function operationTable(contracts: readonly AnyContract[]): OperationTable {
  const closed = contracts as readonly Contract[]
  const rows = closed
    .flatMap((contract) =>
      Object.entries(contract.operations).flatMap(([key, operation]) => rowsOf(contract, key, operation)),
    )
    .toSorted((a, b) => (a.name < b.name ? -1 : 1))
  const byName = new Map(rows.map((row) => [row.name, row]))
  if (byName.size !== rows.length) throw new Error('two operations share a name')
  const digest = toHex(sha256(Buffer.from(rows.map((row) => `${row.name} ${row.class}\n`).join(''), 'utf8')))
  return {
    version: TABLE_VERSION,
    digest,
    rows,
    contracts: closed,
    find(name) {
      const row = byName.get(name)
      if (row === undefined) {
        throw serviceFailure('UNKNOWN_OPERATION', { details: { operation: name.slice(0, 64), table: TABLE_VERSION } })
      }
      return row
    },
  }
}

function rowsOf(contract: Contract, key: string, operation: Operation): TableRow[] {
  const row = { name: `${contract.name}.${key}`, contract, key, class: operation.class, operation }
  if (operation.class !== 'N') return [row]
  const question = { name: questionOf(row.name), contract, key: questionOf(key), class: 'R' as const, of: key }
  return [row, { ...question, operation: outcomeQuestion(operation) }]
}

// A contract's type is invariant in its schemas, so a list of several has no common one.
// oxlint-disable-next-line typescript/no-explicit-any
export type AnyContract = Contract<string, any, any>
