/**
 * A process that answers sealed requests with what they carried: the connector's side of
 * the gate without services. Told on its first line of input who asks; says on its first line of output who it is.
 *
 * @module
 */
import { createPublicKey } from 'node:crypto'
import { createInterface } from 'node:readline'
import { systemClock } from '@sallygate/base/clock'
import { dial } from '@sallygate/dial'
import { connectorAddress, type RelayId } from '@sallygate/hop'
import { ConnectorEnd, ConsoleEnd } from '@sallygate/testkit/envelope-ends'
import type { GroupId } from '@sallygate/trust'
import { keyed } from './attached.ts'

export interface ResponderOrder {
  readonly url: string
  readonly relay: RelayId
  readonly authority: string
  readonly group: GroupId
  /** SubjectPublicKeyInfo of the console's signing key, base64. */
  readonly signer: string
}

export interface ResponderSelf {
  readonly instance: string
  readonly hopKey: string
  readonly encryptionKey: string
  readonly bootNonce: string
  readonly signer: string
}

const lines = createInterface({ input: process.stdin })
lines.once('line', (line) => respond(JSON.parse(line) as ResponderOrder))
lines.once('close', () => process.exit(0))

function respond({ url, relay, authority, group, signer }: ResponderOrder): void {
  const trusted = createPublicKey({ key: Buffer.from(signer, 'base64'), format: 'der', type: 'spki' })
  const console_ = new ConsoleEnd(systemClock, group)
  const connector = new ConnectorEnd(console_, { senders: () => trusted })
  const keys = keyed()
  const client = dial({
    ...keys,
    relayUrl: url,
    expectedRelay: relay,
    tls: { ca: [authority] },
    address: connectorAddress(group, connector.instance),
    onCargo: (from, cargo, _ttlMs, acknowledge) => {
      acknowledge()
      void answer(from, cargo)
    },
  })
  const answer = async (from: Parameters<typeof client.send>[0], cargo: Uint8Array) => {
    const receipt = connector.gate.receive(cargo)
    if (receipt.kind !== 'admitted') {
      console.error(receipt.kind, receipt.failure.code)
      return
    }
    const { parameters } = receipt.opened.request
    for (const chunk of await connector.reply(receipt).finishInBatch('done', Buffer.from(parameters))) {
      const { handed, settle } = client.send(from, chunk, { ttlMs: 10_000 })
      handed.then(settle, (error: unknown) => console.error('an answer was not handed over:', error))
    }
  }
  const self: ResponderSelf = {
    instance: connector.instance,
    hopKey: Buffer.from(keys.publicKey).toString('base64'),
    encryptionKey: Buffer.from(connector.keys.publicKey.raw).toString('base64'),
    bootNonce: connector.bootNonce,
    signer: connector.signer.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  }
  console.log(JSON.stringify(self))
}
