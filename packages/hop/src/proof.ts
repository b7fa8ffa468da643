/**
 * The session proof: how a peer shows who it is, inside the WebSocket.
 *
 * It is a signature over the relay's fresh nonce and over everything the peer says
 * about itself, so a proxy that terminates TLS and records it all has gained nothing,
 * and a proof made for one relay is worthless at another.
 *
 * @module
 */
import { encodeUtf8, concat, type Bytes } from '@sallygate/base/bytes'
import { roleWord, type Role } from './address.ts'
import type { FrameNamed } from './frames.ts'
import type { GroupId, PeerId, RelayId } from './ids.ts'
import { fixed, name, record, text, u8 } from './kinds.ts'
import { verifyRaw, type Sign } from './keys.ts'
import { hopVersion, limits } from './limits.ts'

const label = encodeUtf8('sallygate hop proof v1\0')

const claimLayout = record('claim', {
  version: u8,
  relay: name<RelayId>(16),
  nonce: fixed(32),
  role: roleWord,
  group: name<GroupId>(16),
  instance: name<PeerId>(16),
  publicKey: fixed(65),
  software: text(limits.softwareBytes),
})

/** What a peer says about itself. */
export interface Identity {
  readonly role: Role
  readonly group: GroupId
  readonly instance: PeerId
  readonly publicKey: Bytes
  /** Product and version, for the log. At most 40 bytes. */
  readonly software: string
}

type Challenge = Pick<FrameNamed<'challenge'>, 'relay' | 'nonce'>

/** The bytes a proof signs. */
export function proofMessage(identity: Identity, challenge: Challenge, version: number = hopVersion): Buffer {
  const { relay, nonce } = challenge
  const { role, group, instance, publicKey, software } = identity
  return concat(label, claimLayout.encode({ version, relay, nonce, role, group, instance, publicKey, software }))
}

/** Answers a challenge. The caller has checked that the relay is the one it means to talk to. */
export async function makeProof(identity: Identity, challenge: Challenge, sign: Sign): Promise<FrameNamed<'proof'>> {
  const signature = await sign(proofMessage(identity, challenge))
  return { type: 'proof', version: hopVersion, ...identity, signature }
}

/** Whether the peer holds the private half of the key it names. Whether that key may attach is another question. */
export function verifyProof(proof: FrameNamed<'proof'>, challenge: Challenge): boolean {
  return verifyRaw(proof.publicKey, proofMessage(proof, challenge, proof.version), proof.signature)
}
