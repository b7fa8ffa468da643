/**
 * One admitted request, seen from both ends, for tests of its reply.
 *
 * @module
 */
import { expect } from 'vitest'
import { ConnectorEnd, ConsoleEnd, sendersOf } from '@sallygate/testkit/envelope-ends'
import type { ReplyProgress } from '../reply-assembler.ts'
import type { ReplyStatement } from '../reply-layout.ts'
import type { OpenedRequest } from '../request.ts'

const console_ = new ConsoleEnd()
/** Every exchange is with this one. */
export const connector = new ConnectorEnd(console_)
/** Knows the connector and nobody else. */
export const senders = sendersOf(connector.signer)

/** A request that was admitted, both ends' view of it. */
export function exchange() {
  const sealed = console_.seal(connector.recipient)
  const receipt = connector.receive(sealed.cargo)
  if (receipt.kind !== 'admitted') throw new Error(receipt.failure.code)
  const { opened } = receipt
  return { sealed, opened, pending: sealed.pending, writer: connector.reply(receipt) }
}

/** A reply that is right, but for what is given. */
export function statementFor(opened: OpenedRequest, change: Partial<ReplyStatement> = {}): ReplyStatement {
  return {
    direction: 'connectorToConsole',
    group: opened.request.group,
    senderKeyId: connector.signer.keyId,
    sender: connector.instance,
    requestId: opened.request.requestId,
    requestDigest: opened.digest,
    chunk: 0,
    isLast: true,
    outcome: 'done',
    journalPosition: undefined,
    issuedAt: connector.clock.now(),
    payload: Buffer.from('{}'),
    ...change,
  }
}

/** One word for what a reply came to. */
export function attempt(take: () => ReplyProgress): string {
  try {
    return take().kind
  } catch (error) {
    return (error as { code: string }).code
  }
}

/** A failure of this package. */
export const code = (name: string) => expect.objectContaining({ code: `ENVELOPE_${name}` })
