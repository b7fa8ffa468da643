/**
 * One attempt to log in: which scheme, in which order, and what becomes of a further 407.
 *
 * Only one scheme gets to present a password. A second one with the same wrong password
 * would count as a second attempt in the directory behind the proxy.
 *
 * @module
 */
import { sleep, type Clock } from '@sallygate/base/clock'
import { printable } from '@sallygate/base/printable'
import { dialFailure } from '../failures.ts'
import type { Challenge } from './challenges.ts'
import { noCredentials, offeredBy, type Login, type LoginContext, type Scheme } from './login.ts'
import { reasonOf } from './token-scheme.ts'

export interface AttemptOptions {
  /** In the order in which they are to be tried. */
  readonly schemes: readonly Scheme[]
  readonly context: LoginContext
  readonly proxy: string
  readonly clock: Clock
  /** For making one token: Kerberos asks a server of its own, and that may be away. */
  readonly timeoutMs: number
}

export class LoginAttempt {
  readonly #options: AttemptOptions
  #scheme: Scheme | undefined
  #login: Login | undefined
  #answers = 0
  offered = ''

  constructor(options: AttemptOptions) {
    this.#options = options
  }

  /** The scheme that was chosen, once one was. */
  get scheme(): Scheme | undefined {
    return this.#scheme
  }

  /** The password, or what proves it, is with the proxy: whatever comes now may have been counted. */
  get isPresented(): boolean {
    const { isConnectionBound = false } = this.#scheme ?? {}
    return this.#answers > (isConnectionBound ? 1 : 0)
  }

  /**
   * The next `Proxy-Authorization`.
   *
   * @returns `undefined` when the proxy refuses user or password.
   * @throws DIAL_PROXY_LOGIN_NEEDED, _LOGIN_IMPOSSIBLE, _LOGIN_BROKEN.
   */
  async answer(offered: readonly Challenge[]): Promise<string | undefined> {
    if (this.offered === '') this.offered = namesOf(offered)
    const login = (this.#login ??= await this.#choose(offered))
    const response = await this.#within(login.respond(offered))
    if (response.kind === 'broken') throw this.broken(response.reason)
    if (response.kind === 'refused') return undefined
    this.#answers++
    return response.authorization
  }

  broken(reason: string) {
    return dialFailure('PROXY_LOGIN_BROKEN', {
      details: {
        proxy: this.#options.proxy,
        scheme: this.#scheme?.name ?? 'none',
        reason: printable(reason).slice(0, 200),
      },
    })
  }

  async #within<T>(work: T | Promise<T>): Promise<T> {
    const { clock, timeoutMs } = this.#options
    const done = new AbortController()
    const late = sleep(clock, timeoutMs, done.signal).then(
      () => Promise.reject(this.broken(`no token within ${timeoutMs} ms`)),
      () => new Promise<never>(() => undefined),
    )
    try {
      return await Promise.race([work, late])
    } finally {
      done.abort()
    }
  }

  async #choose(offered: readonly Challenge[]): Promise<Login> {
    const { schemes, context, proxy } = this.#options
    const obstacles: string[] = []
    for (const scheme of schemes) {
      if (offeredBy(scheme.name, offered) === undefined) continue
      const obstacle = await scheme.obstacle(context, offered)
      if (obstacle === undefined) {
        try {
          const login = await this.#within(scheme.begin(context))
          this.#scheme = scheme
          return login
        } catch (error) {
          // No ticket, no module: nothing was sent yet, so the next one may be tried.
          obstacles.push(`${scheme.name}: ${printable(reasonOf(error)).slice(0, 150)}`)
        }
      } else obstacles.push(`${scheme.name}: ${obstacle}`)
    }
    const details = { proxy, offered: this.offered, because: obstacles.join('; ') || 'none of these is switched on' }
    const isBare = context.credentials === undefined && obstacles.some((one) => one.endsWith(noCredentials))
    throw dialFailure(isBare ? 'PROXY_LOGIN_NEEDED' : 'PROXY_LOGIN_IMPOSSIBLE', { details })
  }
}

function namesOf(offered: readonly Challenge[]): string {
  const names = offered.map(({ scheme, parameters }) => {
    const algorithm = parameters.get('algorithm')
    return algorithm === undefined ? scheme : `${scheme} ${algorithm}`
  })
  return printable([...new Set(names)].join(', ') || 'nothing').slice(0, 200)
}
