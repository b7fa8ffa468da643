/**
 * A process with many ends attached to a relay, idle but for their pings. Told on its first
 * line of input whom to be; says how many are attached whenever that changes.
 *
 * @module
 */
import { createPrivateKey } from 'node:crypto'
import { createInterface } from 'node:readline'
import { dial, type HopClient } from '@sallygate/dial'
import { connectorAddress, type RelayId } from '@sallygate/hop'
import { keyed } from './attached.ts'

export interface CrowdOrder {
  readonly url: string
  readonly relay: RelayId
  readonly authority: string
  readonly group: string
  readonly instances: readonly string[]
  /** PKCS#8 in base64: one key for all of them, since making thousands is not what is measured. */
  readonly key: string
}

const lines = createInterface({ input: process.stdin })
lines.once('line', (line) => void attach(JSON.parse(line) as CrowdOrder))
lines.once('close', () => process.exit(0))

async function attach({ url, relay, authority, group, instances, key }: CrowdOrder): Promise<void> {
  const keys = keyed(createPrivateKey({ key: Buffer.from(key, 'base64'), format: 'der', type: 'pkcs8' }))
  const attached = new Set<number>()
  const clients: HopClient[] = []
  setInterval(() => process.stdout.write(`${attached.size}\n`), 100)
  for (const [at, instance] of instances.entries()) {
    const client = dial({
      ...keys,
      relayUrl: url,
      expectedRelay: relay,
      tls: { ca: [authority] },
      address: connectorAddress(group as never, instance as never),
      onState: ({ kind }) => (kind === 'attached' ? attached.add(at) : attached.delete(at)),
    })
    clients.push(client)
    // As they would come: not all in one moment.
    if (at % 50 === 49) await client.attached()
  }
}
