/**
 * An NTLM client: NEGOTIATE, then AUTHENTICATE to the challenge that comes back. NTLMv2 only.
 *
 * It keeps what the message integrity code is computed over, so one client is one
 * conversation, and a conversation is one connection. It does not sign or seal what follows.
 *
 * @module
 */
import { randomBytes } from 'node:crypto'
import { avId, decodeAvPairs, encodeAvPairs, withMic, type AvPairs } from './av-pairs.ts'
import { ntlmFailure } from './failures.ts'
import { flags, has, loginFlags } from './flags.ts'
import { decodeChallenge, encodeAuthenticate, encodeNegotiate, micOffset, type Challenge } from './messages.ts'
import { rc4 } from './rc4.ts'
import { computeResponses, hmacMd5, utf16, type Account } from './response.ts'

export interface NtlmOptions {
  readonly account: Account
  readonly now: Date
  /** Who is logged in to, such as `HTTP/proxy.example`. It is signed with the rest. */
  readonly targetName?: string
  readonly workstation?: string
  /** Asked for in place of the usual. For tests against published messages. */
  readonly flags?: number
  readonly version?: Buffer
  readonly random?: (length: number) => Buffer
}

export class NtlmClient {
  readonly #options: NtlmOptions
  readonly #negotiate: Buffer

  constructor(options: NtlmOptions) {
    this.#options = options
    this.#negotiate = encodeNegotiate(options.flags ?? loginFlags)
  }

  /** The first message. */
  get negotiate(): Buffer {
    return this.#negotiate
  }

  /** The last message. @throws NTLM_BAD_CHALLENGE, NTLM_ONLY_OLD_VERSIONS. */
  authenticate(challengeMessage: Buffer): Buffer {
    const { account, workstation = '', version, random = randomBytes } = this.#options
    const challenge = decodeChallenge(challengeMessage)
    // Version 2 answers to what the server says about itself; one that says nothing knows version 1 only.
    if (challenge.targetInfo.length === 0 || !has(challenge.flags, flags.unicode))
      throw ntlmFailure('ONLY_OLD_VERSIONS')
    const offered = decodeAvPairs(challenge.targetInfo)
    const hasMic = offered.has(avId.timestamp)
    const responses = computeResponses({
      account,
      serverChallenge: challenge.serverChallenge,
      clientChallenge: random(8),
      time: offered.get(avId.timestamp) ?? fileTime(this.#options.now),
      targetInfo: hasMic ? encodeAvPairs(this.#completed(offered)) : challenge.targetInfo,
    })
    const agreed = this.#agreed(challenge)
    const isExchanging = has(agreed, flags.keyExchange)
    const sessionKey = isExchanging ? random(16) : responses.sessionBaseKey
    const message = encodeAuthenticate({
      flags: agreed,
      // MS-NLMP 3.1.5.1.2: with a timestamp the older response is zeros.
      lm: hasMic ? Buffer.alloc(24) : responses.lm,
      nt: responses.nt,
      domain: account.domain,
      user: account.user,
      workstation,
      encryptedSessionKey: isExchanging ? rc4(responses.sessionBaseKey, sessionKey) : Buffer.alloc(0),
      ...(version === undefined ? {} : { version }),
      hasMic,
    })
    if (hasMic) hmacMd5(sessionKey, this.#negotiate, challengeMessage, message).copy(message, micOffset)
    return message
  }

  #agreed({ flags: theirs }: Challenge): number {
    const wanted = this.#options.flags ?? loginFlags
    // What only a client says is not in the challenge.
    return ((wanted & theirs) | (wanted & flags.requestTarget)) >>> 0
  }

  /** MS-NLMP 3.1.5.1.2: that there is a code, no channel bindings, and who was meant. */
  #completed(offered: AvPairs): AvPairs {
    const flagsValue = Buffer.alloc(4)
    flagsValue.writeUInt32LE(((offered.get(avId.flags)?.readUInt32LE(0) ?? 0) | withMic) >>> 0)
    return new Map([
      ...offered,
      [avId.flags, flagsValue],
      [avId.channelBindings, Buffer.alloc(16)],
      [avId.targetName, utf16(this.#options.targetName ?? '')],
    ])
  }
}

/** Tenths of microseconds since 1601. */
function fileTime(at: Date): Buffer {
  const bytes = Buffer.alloc(8)
  bytes.writeBigUInt64LE((BigInt(at.getTime()) + 11_644_473_600_000n) * 10_000n)
  return bytes
}

/** `DOMAIN\user`, `user@realm` or `user`, as people write them. */
export function accountOf(name: string, password: string): Account {
  const at = name.indexOf('\\')
  return at < 0
    ? { user: name, domain: '', password }
    : { user: name.slice(at + 1), domain: name.slice(0, at), password }
}
