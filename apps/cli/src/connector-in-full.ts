/**
 * One connector on a terminal: who it is, how it is, and what it serves.
 *
 * @module
 */
import type { ListedConnector } from './answers.ts'
import { paint, print, printFields, printTable, verdict } from './output.ts'

export interface ConnectorInFull extends ListedConnector {
  readonly enrolledAt: string
  readonly policyDigest?: string
  readonly trustSetNumber?: number
  readonly services: readonly {
    readonly service: string
    readonly state: string
    readonly generation: number
    readonly says: string
    readonly fix: string
  }[]
  readonly clone?: { readonly since: string; readonly says: string; readonly fix: string }
}

export function printConnector(one: ConnectorInFull): void {
  printFields([
    ['connector', one.name],
    ['id', one.id],
    ['state', verdict(one.state)],
    ['wanted', one.wanted === undefined ? undefined : `${one.wanted.state}, weight ${one.wanted.weight}`],
    ['health', one.health],
    ['in flight', one.inFlight],
    ['latency', one.latencyMs === undefined ? undefined : `${one.latencyMs} ms`],
    ['software', one.software],
    ['enrolled', one.enrolledAt],
    ['last seen', one.lastSeen],
    ['certificate until', one.certificate?.notAfter],
    ['SHA-256', one.certificate?.thumbprints.sha256],
    ['Windows thumbprint (SHA-1)', one.certificate?.thumbprints.sha1Windows],
    ['trust set', one.trustSetNumber],
    ['policy digest', one.policyDigest],
  ])
  print('')
  printTable(
    ['service', 'state', 'settings', 'says'],
    one.services.map(({ service, state, generation, says, fix }) => [
      service,
      verdict(state),
      generation,
      [says, fix].filter((text) => text !== '').join(' '),
    ]),
  )
  if (one.clone !== undefined)
    print(`${paint('red', '!')} Since ${one.clone.since}: ${one.clone.says} ${one.clone.fix}`)
}
