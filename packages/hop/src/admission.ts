/**
 * The admission list: which raw keys may attach as which peer.
 *
 * A console signs it and pushes it; the relay verifies it with the secure channel's
 * key and keeps it. Its number only rises, so a list that was withdrawn cannot come
 * back. Certificates, names and trust sets are none of its business.
 *
 * @module
 */
import { concat, encodeUtf8, type Bytes } from '@sallygate/base/bytes'
import { roleWord } from './address.ts'
import { hopFailure } from './failures.ts'
import type { FrameNamed } from './frames.ts'
import type { GroupId, InstanceId, RelayId } from './ids.ts'
import { bytes, fixed, instant, list, name, record, u64, u8 } from './kinds.ts'
import { verifyRaw, type Sign } from './keys.ts'
import { limits } from './limits.ts'
import type { SecureChannel } from './secure-channel.ts'

const label = encodeUtf8('sallygate admission v1\0')

export interface AdmissionEntry {
  /** Connectors only: consoles are admitted by the secure-channel file, guests by being few. */
  readonly role: 'connector'
  readonly group: GroupId
  readonly instance: InstanceId
  /** One instance may stand here with two keys while it changes from one to the other. */
  readonly publicKey: Bytes
}

export interface AdmissionList {
  readonly relay: RelayId
  readonly number: number
  readonly issuedAt: Date
  readonly entries: readonly AdmissionEntry[]
}

export const admissionEntryLayout = record('admissionEntry', {
  role: roleWord,
  group: name<GroupId>(16),
  instance: name<InstanceId>(16),
  publicKey: fixed(65),
})

export const admissionListLayout = record('admissionList', {
  version: u8,
  relay: name<RelayId>(16),
  number: u64,
  issuedAt: instant,
  entries: list(admissionEntryLayout, limits.admissionEntries),
})

export const signedAdmissionLayout = record('signedAdmission', {
  list: bytes(limits.admissionBytes),
  signature: fixed(64),
})

/** Signs a list with the key that the secure-channel file names. */
export async function signAdmission(admission: AdmissionList, sign: Sign): Promise<Buffer> {
  const encoded = admissionListLayout.encode({ version: 1, ...admission })
  return signedAdmissionLayout.encode({ list: encoded, signature: await sign(concat(label, encoded)) })
}

/**
 * @param floor The number in force. A lower one is stale; the same one is for the caller to compare.
 * @throws HOP_ADMISSION_MALFORMED, HOP_ADMISSION_BAD_SIGNATURE, HOP_ADMISSION_WRONG_RELAY, HOP_ADMISSION_STALE
 */
export function openAdmission(signed: Bytes, channel: SecureChannel, floor: number): AdmissionList {
  const { list: encoded, signature } = orMalformed(() => signedAdmissionLayout.decode(signed))
  const message = concat(label, encoded)
  if (!channel.consoles.some((key) => verifyRaw(key, message, signature))) throw hopFailure('ADMISSION_BAD_SIGNATURE')
  const { version, relay, number, issuedAt, entries } = orMalformed(() => admissionListLayout.decode(encoded))
  if (version !== 1 || !entries.every(isConnector)) throw hopFailure('ADMISSION_MALFORMED')
  if (relay !== channel.relay) throw hopFailure('ADMISSION_WRONG_RELAY')
  if (number < floor) throw hopFailure('ADMISSION_STALE', { details: { number, floor } })
  return { relay, number, issuedAt, entries: entries as readonly AdmissionEntry[] }
}

function isConnector(entry: { readonly role: string }): boolean {
  return entry.role === 'connector'
}

function orMalformed<T>(read: () => T): T {
  try {
    return read()
  } catch (cause) {
    throw hopFailure('ADMISSION_MALFORMED', { cause })
  }
}

/** Cuts a signed list into the frames that carry it. */
export function admissionParts(number: number, signed: Bytes): readonly FrameNamed<'admit'>[] {
  const size = limits.admissionPartBytes
  const parts = Math.max(1, Math.ceil(signed.length / size))
  return Array.from({ length: parts }, (_, part) => ({
    type: 'admit',
    number,
    part,
    parts,
    bytes: signed.subarray(part * size, (part + 1) * size),
  }))
}
