/**
 * The hand-over: an attachment says which other one of the same instance takes its place.
 *
 * It is signed with the key that was proven, so a console can tell two sessions of one
 * program from two programs with one key, without believing the relay. A hand-over
 * names both attachments, and a relay never makes the same name twice.
 *
 * @module
 */
import { concat, encodeUtf8, type Bytes } from '@sallygate/base/bytes'
import type { FrameNamed } from './frames.ts'
import type { AttachmentId, GroupId, PeerId, RelayId } from './ids.ts'
import { name, record } from './kinds.ts'
import { verifyRaw, type Sign } from './keys.ts'

const label = encodeUtf8('sallygate hop hand-over v1\0')

const statementLayout = record('handOverStatement', {
  relay: name<RelayId>(16),
  group: name<GroupId>(16),
  instance: name<PeerId>(16),
  attachment: name<AttachmentId>(8),
  successor: name<AttachmentId>(8),
})

/** Whose attachment, at which relay, and which one comes after it. */
export interface HandOver {
  readonly relay: RelayId
  readonly group: GroupId
  readonly instance: PeerId
  readonly attachment: AttachmentId
  readonly successor: AttachmentId
}

/** The bytes a hand-over signs. */
export function handOverMessage({ relay, group, instance, attachment, successor }: HandOver): Buffer {
  return concat(label, statementLayout.encode({ relay, group, instance, attachment, successor }))
}

export async function signHandOver(handOver: HandOver, sign: Sign): Promise<FrameNamed<'handOver'>> {
  const signature = await sign(handOverMessage(handOver))
  return { type: 'handOver', successor: handOver.successor, signature }
}

/** Whether the holder of this key said so. @param publicKey Raw point of the instance, from the console's own book. */
export function verifyHandOver(frame: FrameNamed<'handedOver'>, relay: RelayId, publicKey: Bytes): boolean {
  return verifyRaw(publicKey, handOverMessage({ relay, ...frame }), frame.signature)
}
