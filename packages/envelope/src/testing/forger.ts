/**
 * One connector, and forgeries of requests to it that are right in all but one thing.
 *
 * @module
 */
import { expect } from 'vitest'
import { ConnectorEnd, ConsoleEnd } from '@sallygate/testkit/envelope-ends'
import { requestStatement } from '../request-layout.ts'
import { forgeRequest, takeOut, type RequestForgery } from './forge.ts'

export const console_ = new ConsoleEnd()
export const connector = new ConnectorEnd(console_)
export const sealed = console_.seal(connector.recipient)

/** A forgery that is right in everything not given. */
export function forge(change: Partial<RequestForgery> = {}): Buffer {
  const key = keyOf(connector)
  const { padded } = takeOut(console_.seal(connector.recipient).cargo, key)
  return forgeRequest({
    statement: readStatement(padded),
    to: connector.keys.publicKey,
    privateKey: console_.signer.privateKey,
    ...change,
  })
}

export function keyOf(end: ConnectorEnd) {
  const key = end.keys.find(Buffer.from(end.keys.publicKey.digest, 'hex').subarray(0, 8))
  if (key === undefined) throw new Error('the ring has its own key')
  return key
}

/** Statement of a padded body: everything before path and signature. */
export function readStatement(padded: Buffer) {
  for (let end = padded.length; end > 0; end--) {
    try {
      return requestStatement.decode(padded.subarray(0, end))
    } catch {
      // Longer than the statement; the layout takes no byte too many.
    }
  }
  throw new Error('no statement')
}

/** What the receiving end says, in full, save for the stack. */
export function refusalOf(cargo: Uint8Array): unknown {
  const receipt = connector.receive(cargo)
  if (receipt.kind === 'admitted') return 'admitted'
  const { failure } = receipt
  return {
    ...Object.fromEntries(Object.entries(failure)),
    kind: receipt.kind,
    message: failure.message,
    cause: failure.cause,
  }
}

export const cannotOpen = expect.objectContaining({
  kind: 'unopened',
  code: 'ENVELOPE_CANNOT_OPEN',
  details: {},
  cause: undefined,
})
