/**
 * The three messages of NTLM (MS-NLMP 2.2.1), as a client writes and reads them.
 *
 * @module
 */
import { ntlmFailure } from './failures.ts'
import { flags, has } from './flags.ts'
import { utf16 } from './response.ts'

const signature = Buffer.from('NTLMSSP\0', 'latin1')
/** A challenge is some hundred bytes; names of 255 characters and every AV pair fit with room to spare. */
const maxChallengeBytes = 8192
const versionBytes = 8
const micBytes = 16

export interface Challenge {
  readonly flags: number
  readonly serverChallenge: Buffer
  /** Encoded AV pairs; empty when the server sends none. */
  readonly targetInfo: Buffer
}

export interface Authenticate {
  readonly flags: number
  readonly lm: Buffer
  readonly nt: Buffer
  readonly domain: string
  readonly user: string
  readonly workstation: string
  readonly encryptedSessionKey: Buffer
  /** 8 bytes, present when the flag for it is set. */
  readonly version?: Buffer
  /** Leaves room for a code that is computed over the message itself. */
  readonly hasMic: boolean
}

/** Names nobody: what a NEGOTIATE says of domain and host, only an eavesdropper reads. */
export function encodeNegotiate(wanted: number): Buffer {
  const message = Buffer.alloc(32)
  signature.copy(message)
  message.writeUInt32LE(1, 8)
  message.writeUInt32LE(wanted, 12)
  return message
}

/** @throws NTLM_BAD_CHALLENGE. */
export function decodeChallenge(message: Buffer): Challenge {
  const bad = (reason: string) => ntlmFailure('BAD_CHALLENGE', { details: { reason } })
  if (message.length < 32 || message.length > maxChallengeBytes) throw bad('its length')
  if (!message.subarray(0, 8).equals(signature) || message.readUInt32LE(8) !== 2) throw bad('it is another message')
  const theirs = message.readUInt32LE(20)
  // Old servers stop after the challenge itself.
  const [length, offset] = message.length < 48 ? [0, 48] : [message.readUInt16LE(40), message.readUInt32LE(44)]
  if (length > 0 && offset + length > message.length) throw bad('a field points outside of it')
  return {
    flags: theirs,
    serverChallenge: Buffer.from(message.subarray(24, 32)),
    targetInfo: has(theirs, flags.targetInfo)
      ? Buffer.from(message.subarray(offset, offset + length))
      : Buffer.alloc(0),
  }
}

/** Where the code of a message with one stands. */
export const micOffset = 72

export function encodeAuthenticate(message: Authenticate): Buffer {
  const { lm, nt, domain, user, workstation, encryptedSessionKey, version = Buffer.alloc(versionBytes) } = message
  const head = Buffer.alloc(64)
  signature.copy(head)
  head.writeUInt32LE(3, 8)
  head.writeUInt32LE(message.flags, 60)
  const fixed = [head, version, ...(message.hasMic ? [Buffer.alloc(micBytes)] : [])]
  let at = Buffer.concat(fixed).length
  const field = (position: number, value: Buffer) => {
    head.writeUInt16LE(value.length, position)
    head.writeUInt16LE(value.length, position + 2)
    head.writeUInt32LE(at, position + 4)
    at += value.length
    return value
  }
  // Positions in the head, in the order in which Windows writes the values.
  const payload = [
    field(28, utf16(domain)),
    field(36, utf16(user)),
    field(44, utf16(workstation)),
    field(12, lm),
    field(20, nt),
    field(52, encryptedSessionKey),
  ]
  return Buffer.concat([...fixed, ...payload])
}
