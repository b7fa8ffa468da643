/**
 * User and password for the proxy: from a file, read anew for each connection, and left in peace once they were refused.
 *
 * A directory locks an account after a handful of wrong passwords. A program that dials
 * once a minute would do that in the first hour of a Monday; so a refused pair is not
 * presented again until the file says another, or a long time has passed.
 *
 * @module
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import { readPrivateFile } from '@sallygate/base/file'
import { dialFailure } from '../failures.ts'
import type { Credentials } from './login.ts'

export interface CredentialsOptions {
  /** `undefined`: there are none. */
  readonly file: string | undefined
  /** How long a refused pair rests. */
  readonly restMs: number
  readonly clock: Clock
}

const maxBytes = 4096
/** Directories lock after five or more. */
const accidents = 3

export class ProxyCredentials {
  readonly #options: CredentialsOptions
  /** Under a key of this process: what is remembered of a password is worth nothing elsewhere. */
  readonly #key = randomBytes(32)
  #unjudged = 0
  #refused: { readonly digest: string; readonly untilMs: number; readonly proxy: string } | undefined

  constructor(options: CredentialsOptions) {
    this.#options = options
  }

  get file(): string | undefined {
    return this.#options.file
  }

  /** @throws DIAL_PROXY_CREDENTIALS_FILE; DIAL_PROXY_LOGIN_REFUSED while they rest, before anybody is asked. */
  read(): Credentials | undefined {
    const { file, clock } = this.#options
    if (file === undefined) return undefined
    const credentials = readCredentials(file)
    const refused = this.#refused
    if (refused === undefined) return credentials
    if (refused.digest === this.#digest(credentials) && clock.monotonicMs() < refused.untilMs) {
      throw this.#refusal(file, refused.proxy, refused.untilMs)
    }
    this.#refused = undefined
    return credentials
  }

  /** The proxy has judged them. @returns what to throw. */
  refused(credentials: Credentials, proxy: string, scheme: string) {
    const { file = '', clock, restMs } = this.#options
    const untilMs = clock.monotonicMs() + restMs
    this.#refused = { digest: this.#digest(credentials), untilMs, proxy }
    this.#unjudged = 0
    return this.#refusal(file, proxy, untilMs, scheme)
  }

  /** They were good, or good enough to get another answer than a refusal. */
  judged(): void {
    this.#unjudged = 0
  }

  /**
   * They were presented, and the connection was lost before anything was said about them.
   *
   * Some proxies end a wrong login like that. Once or twice it is the network.
   *
   * @returns what to throw once it is no accident any more.
   */
  unjudged(credentials: Credentials, proxy: string, scheme: string) {
    this.#unjudged++
    return this.#unjudged < accidents ? undefined : this.refused(credentials, proxy, scheme)
  }

  #refusal(file: string, proxy: string, untilMs: number, scheme?: string) {
    const nextTryInS = Math.ceil((untilMs - this.#options.clock.monotonicMs()) / 1000)
    return dialFailure('PROXY_LOGIN_REFUSED', {
      details: { proxy, ...(scheme === undefined ? {} : { scheme }), credentialsFile: file, nextTryInS },
    })
  }

  #digest({ user, password }: Credentials): string {
    return createHmac('sha256', this.#key).update(`${user}\0${password}`).digest('hex')
  }
}

/** @throws DIAL_PROXY_CREDENTIALS_FILE, never with what the file holds. */
function readCredentials(file: string): Credentials {
  const unusable = (reason: string) =>
    dialFailure('PROXY_CREDENTIALS_FILE', { details: { credentialsFile: file, reason } })
  let content: Buffer
  try {
    content = readPrivateFile(file)
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    throw unusable(cause.code)
  }
  const lines = content.toString('utf8').split(/\r?\n/)
  const [user = '', password = '', ...others] = lines
  if (content.length > maxBytes || user === '' || password === '') throw unusable('not two lines')
  // eslint-disable-next-line no-control-regex
  if (/[\u0000-\u001f\u007f]/.test(user + password)) throw unusable('control characters')
  if (others.some((line) => line !== '')) throw unusable('more than two lines')
  return { user, password }
}
