/**
 * The hops behind a connector: rows of a service's check under the names they have in every trace.
 *
 * @module
 */
import type { CheckRow } from '@sallygate/service-kit'
import type { HopWho } from './hop-list.ts'

const dns: HopWho = { name: 'DNS', by: 'connector' }
const tcp: HopWho = { name: 'TCP', by: 'backend' }
const tls: HopWho = { name: 'TLS', by: 'backend' }
const bind: HopWho = { name: 'bind', by: 'backend' }
const search: HopWho = { name: 'search', by: 'backend' }

const hops: readonly (readonly [string, HopWho])[] = [
  ['Name and policy', dns],
  ['TCP connection', tcp],
  ['StartTLS', { name: 'StartTLS', by: 'backend' }],
  ['TLS certificate', tls],
  ['Encryption', { name: 'encryption', by: 'backend' }],
  ['Bind account', bind],
  ['Base DN', search],
  ['One user', search],
  ['One group', search],
]

/** A row of another kind keeps its own name. */
export function hopOfRow({ target }: CheckRow): HopWho {
  return hops.find(([start]) => target.startsWith(start))?.[1] ?? { name: target, by: 'connector' }
}

/** What a test of the service walks behind the connector, where nothing goes wrong before. */
export function backEndHops(service: string): readonly HopWho[] {
  return service === 'directory' ? [dns, tcp, tls, bind, search] : []
}
