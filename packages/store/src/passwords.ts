/**
 * Passwords: argon2id, with bounded input and bounded concurrency.
 *
 * A hash states its own parameters, so that they can rise later. Checking a
 * password that nobody has costs the same as checking a wrong one.
 *
 * @module
 */
import { argon2, type Argon2Parameters } from 'node:crypto'
import { encodeUtf8, equalBytes, randomBytes, type Bytes } from '@sallygate/base/bytes'
import { bytes, layout, text } from '@sallygate/base/layout'
import type { Secret } from '@sallygate/base/secret'
import { storeFailure } from './failures.ts'

interface Cost {
  readonly memoryKib: number
  readonly passes: number
  readonly lanes: number
}

/** OWASP's smallest for argon2id; about 20 ms on one core. */
const cost: Cost = { memoryKib: 19 * 1024, passes: 2, lanes: 1 }
/** A hash from the database must not be able to ask for a gigabyte. */
const most: Cost = { memoryKib: 128 * 1024, passes: 8, lanes: 4 }

const maxPasswordBytes = 1024
/** 38 MiB at most, and the other two of libuv's four threads stay free for files and names. */
const mostAtOnce = 2
const mostWaiting = 16

export class Passwords {
  #running = 0
  readonly #waiting: (() => void)[] = []
  readonly #nobody = printHash(cost, randomBytes(16), randomBytes(32))

  /** @throws STORE_PASSWORD_LENGTH, STORE_BUSY. */
  async hash(password: Secret): Promise<string> {
    const message = encodePassword(password)
    if (message === undefined) throw storeFailure('PASSWORD_LENGTH')
    const salt = randomBytes(16)
    const tag = await this.#derive(message, salt, cost, 32)
    return printHash(cost, salt, tag)
  }

  /** @throws STORE_BUSY. A password of impossible length is wrong, at no cost. */
  async verify(password: Secret, hash: string): Promise<boolean> {
    const stored = parseHash(hash)
    const message = encodePassword(password)
    if (message === undefined) return false
    return equalBytes(await this.#derive(message, stored.salt, stored.cost, stored.tag.length), stored.tag)
  }

  /** For a name nobody has: takes as long as a wrong password, and is always false. */
  async verifyNobody(password: Secret): Promise<false> {
    await this.verify(password, this.#nobody)
    return false
  }

  /** True when today's cost is higher than what the hash was made with. */
  isOutdated(hash: string): boolean {
    const { cost: was } = parseHash(hash)
    return was.memoryKib < cost.memoryKib || was.passes < cost.passes
  }

  async #derive(message: Bytes, nonce: Bytes, at: Cost, tagLength: number): Promise<Buffer> {
    await this.#enter()
    try {
      return await derive({
        message,
        nonce,
        tagLength,
        memory: at.memoryKib,
        passes: at.passes,
        parallelism: at.lanes,
      })
    } finally {
      this.#leave()
    }
  }

  #enter(): Promise<void> | undefined {
    if (this.#running < mostAtOnce) {
      this.#running++
      return undefined
    }
    if (this.#waiting.length >= mostWaiting) throw storeFailure('BUSY')
    return new Promise((resolve) => this.#waiting.push(resolve))
  }

  /** The place goes to whoever waits longest; it is never free in between. */
  #leave(): void {
    const next = this.#waiting.shift()
    if (next === undefined) this.#running--
    else next()
  }
}

function derive(parameters: Argon2Parameters): Promise<Buffer> {
  return new Promise((resolve, reject) =>
    argon2('argon2id', parameters, (error, tag) => (error === null ? resolve(tag) : reject(error))),
  )
}

const passwordInput = layout({ label: text(40), password: bytes(maxPasswordBytes) })

/**
 * Label, length, then the password in Unicode's composed form: a keyboard that
 * sends combining accents types the same password as one that does not.
 *
 * @returns `undefined` when it is empty or too long, measured before and after composing.
 */
function encodePassword(password: Secret): Buffer | undefined {
  const typed = password.reveal()
  if (typed.length > maxPasswordBytes || !typed.isWellFormed()) return undefined
  const composed = encodeUtf8(typed.normalize('NFC'))
  if (composed.length === 0 || composed.length > maxPasswordBytes) return undefined
  return passwordInput.encode({ label: 'sallygate password v1', password: composed })
}

const hashShape = /^\$argon2id\$v=19\$m=(\d{1,7}),t=(\d{1,2}),p=(\d)\$([A-Za-z0-9+/]{22,86})\$([A-Za-z0-9+/]{22,86})$/

function parseHash(hash: string): { readonly cost: Cost; readonly salt: Buffer; readonly tag: Buffer } {
  const [, m, t, p, salt = '', tag = ''] = hashShape.exec(hash) ?? []
  const parsed = { memoryKib: Number(m), passes: Number(t), lanes: Number(p) }
  const isSane =
    parsed.memoryKib <= most.memoryKib && parsed.passes <= most.passes && parsed.lanes <= most.lanes && tag !== ''
  if (!isSane) throw storeFailure('CORRUPT', { details: { what: 'password hash' } })
  return { cost: parsed, salt: Buffer.from(salt, 'base64'), tag: Buffer.from(tag, 'base64') }
}

function printHash(at: Cost, salt: Bytes, tag: Bytes): string {
  return `$argon2id$v=19$m=${at.memoryKib},t=${at.passes},p=${at.lanes}$${base64(salt)}$${base64(tag)}`
}

function base64(data: Bytes): string {
  return Buffer.from(data).toString('base64').replaceAll('=', '')
}
