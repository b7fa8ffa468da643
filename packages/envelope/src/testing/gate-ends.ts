/**
 * Both ends around a gate, and one word for what became of a cargo.
 *
 * @module
 */
import { ConnectorEnd, ConsoleEnd } from '@sallygate/testkit/envelope-ends'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import type { GateOptions, Receipt } from '../gate-options.ts'
import type { RequestDraft } from '../request.ts'

/** A console and a connector that has said hello. */
export function ends(options: Partial<GateOptions> = {}) {
  const clock = new FakeClock()
  const console_ = new ConsoleEnd(clock)
  const connector = new ConnectorEnd(console_, options)
  const send = (change: Partial<RequestDraft> = {}) =>
    connector.receive(console_.seal(connector.recipient, change).cargo)
  return { clock, console: console_, connector, send }
}

/** One word for what became of a cargo. */
export function verdict(receipt: Receipt): string {
  return receipt.kind === 'admitted' ? 'admitted' : receipt.failure.code.slice('ENVELOPE_'.length)
}

/** Whether a signed *not started* would be true, and stay true. */
export function mayAnswer(receipt: Receipt): boolean {
  return receipt.kind === 'refused' && receipt.mayAnswer
}

/** The private key of a connector that has turned against us. */
export function onlyKeyOf(connector: ConnectorEnd) {
  const key = connector.keys.find(Buffer.from(connector.keys.publicKey.digest, 'hex').subarray(0, 8))
  if (key === undefined) throw new Error('the ring has its own key')
  return key
}
