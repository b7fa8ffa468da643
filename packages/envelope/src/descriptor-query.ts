/**
 * Asking a console for its descriptor, in clear: the descriptor is public and
 * signed, and a session cannot start without the key in it.
 *
 * @module
 */
import { randomBytes, toHex, type Bytes } from '@sallygate/base/bytes'
import { bytes, layout, u8 } from '@sallygate/base/layout'
import { hex, kinds } from './fields.ts'
import { orCannotOpen } from './failures.ts'
import { PROTOCOL_VERSION } from './limits.ts'

/** What trust reads at most. */
const MAX_DESCRIPTOR = 16 * 1024

export const descriptorQueryFields = { kind: u8, version: u8, queryId: hex(16) }
const query = layout(descriptorQueryFields)
export const descriptorAnswerFields = { kind: u8, version: u8, queryId: hex(16), descriptor: bytes(MAX_DESCRIPTOR) }
const answer = layout(descriptorAnswerFields)

export function askForDescriptor(): { readonly cargo: Buffer; readonly queryId: string } {
  const queryId = toHex(randomBytes(16))
  return { cargo: query.encode({ kind: kinds.descriptorQuery, version: PROTOCOL_VERSION, queryId }), queryId }
}

/** @returns the query's id. @throws ENVELOPE_CANNOT_OPEN. */
export function openDescriptorQuery(cargo: Bytes): string {
  return orCannotOpen(() => {
    const { kind, version, queryId } = query.decode(cargo)
    if (kind !== kinds.descriptorQuery || version !== PROTOCOL_VERSION) throw new RangeError('header')
    return queryId
  })
}

export function answerWithDescriptor(queryId: string, descriptor: Bytes): Buffer {
  return answer.encode({ kind: kinds.descriptor, version: PROTOCOL_VERSION, queryId, descriptor })
}

/** The descriptor is as yet unverified; trust verifies it. @throws ENVELOPE_CANNOT_OPEN. */
export function openDescriptorAnswer(cargo: Bytes, queryId: string): Bytes {
  return orCannotOpen(() => {
    const opened = answer.decode(cargo)
    if (opened.kind !== kinds.descriptor || opened.version !== PROTOCOL_VERSION) throw new RangeError('header')
    if (opened.queryId !== queryId) throw new RangeError('query id')
    return opened.descriptor
  })
}
