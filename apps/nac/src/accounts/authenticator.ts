/**
 * The authenticator: who is asking, at the cost of a digest for whoever was known a moment ago.
 *
 * A password is checked with argon2id once; after that a digest under a key of this
 * process stands for it. What is known passes before anything is throttled, so that
 * nobody who guesses can slow or lock out a policy node. Wrong user, wrong password,
 * disabled, expired, wrong place: one answer after the same work.
 *
 * @module
 */
import { createHmac, randomBytes } from 'node:crypto'
import type { Clock } from '@sallygate/base/clock'
import { checkVerifier, makeVerifier, type NacAccount } from '@sallygate/domain'
import { Secret } from '@sallygate/base/secret'
import type { ReadModel } from '../read-model/read-model.ts'
import { CheckLine } from './check-line.ts'
import { readBasic, type Credentials } from './credentials.ts'
import { DirectoryVerdicts, type AskDirectory } from './directory-verdicts.ts'
import type { KnownNodes } from './known-nodes.ts'
import { sourceList } from './sources.ts'
import { Buckets } from './throttle.ts'

export type Verdict =
  | { readonly kind: 'known'; readonly account: NacAccount }
  | { readonly kind: 'refused' }
  /** The password could not be checked: not a no. */
  | { readonly kind: 'cannotSay' }
  | { readonly kind: 'throttled'; readonly retryAfterMs: number }

export interface Claim {
  readonly authorization: string | undefined
  readonly source: string
  /** SHA-256 of the client certificate, lower-case hex. */
  readonly certificate: string | undefined
}

interface Fitting {
  readonly fits: string | undefined
}

interface Remembered {
  readonly account: string
  readonly secret: string | undefined
  readonly untilMs: number
}

/** Failures of one address in a minute; a person mistypes less, a program that goes on with an old password is told to wait. */
const failuresPerMinute = 20
const rememberedMs = 3_600_000
const wrongForMs = 30_000
const mostRemembered = 4096

export interface AuthenticatorParts {
  readonly clock: Clock
  readonly model: () => ReadModel
  readonly askDirectory: AskDirectory
  /** Who stands in the line of those that proved themselves before. */
  readonly nodes?: Pick<KnownNodes, 'has' | 'seen'>
  /** For tests that count what is done. */
  readonly fits?: typeof checkVerifier
}

export class Authenticator {
  readonly #clock: Clock
  readonly #model: () => ReadModel
  readonly #key = randomBytes(32)
  readonly #known = new Map<string, Remembered>()
  readonly #wrong = new Map<string, number>()
  readonly #failures: Buckets
  readonly #directory: DirectoryVerdicts
  readonly #sources = new WeakMap<NacAccount, (address: string) => boolean>()
  readonly #nobody = makeVerifier(new Secret(randomBytes(16).toString('hex')))
  #version = -1
  #versionOf: ReadModel | undefined
  /** By digest: a policy node comes back with many connections at once, and one answer is good for all of them. */
  readonly #underWay = new Map<string, Promise<Fitting | undefined>>()
  readonly #line = new CheckLine()
  readonly #nodes: Pick<KnownNodes, 'has' | 'seen'> | undefined
  readonly #fits: typeof checkVerifier

  constructor(parts: AuthenticatorParts) {
    this.#clock = parts.clock
    this.#nodes = parts.nodes
    this.#fits = parts.fits ?? checkVerifier
    this.#model = parts.model
    this.#failures = new Buckets(parts.clock)
    this.#directory = new DirectoryVerdicts(parts.clock, parts.askDirectory)
  }

  /** Synchronous for whoever is known: most requests wait for nothing. */
  verify(claim: Claim): Verdict | Promise<Verdict> {
    const { authorization } = claim
    if (authorization === undefined) return { kind: 'refused' }
    this.#forgetOutdated()
    const digest = createHmac('sha256', this.#key).update(authorization).digest('base64')
    const known = this.#known.get(digest)
    if (known !== undefined && known.untilMs > this.#clock.monotonicMs()) {
      const account = this.#model().account(known.account)
      if (account !== undefined && this.#isUsable(account, known.secret) && this.#mayComeSo(account, claim))
        return { kind: 'known', account }
    }
    return this.#check(claim, digest, authorization)
  }

  async #check(claim: Claim, digest: string, authorization: string): Promise<Verdict> {
    const { source } = claim
    if (!this.#failures.hasLeft(source, failuresPerMinute))
      return { kind: 'throttled', retryAfterMs: this.#failures.waitMs(source, failuresPerMinute) }
    const wrongUntilMs = this.#wrong.get(digest)
    if (wrongUntilMs !== undefined && wrongUntilMs > this.#clock.monotonicMs()) return this.#refuse(source, digest)
    const credentials = readBasic(authorization)
    if (credentials === undefined) return this.#refuse(source, undefined)
    const account = this.#model().accountOf(credentials.user)
    if (account?.kind === 'directory' && this.#isUsable(account, undefined) && this.#mayComeSo(account, claim))
      return this.#byDirectory(account, credentials, source, digest)
    const checked = await this.#rightSecret(account, credentials, digest, source)
    if (checked === undefined) return { kind: 'throttled', retryAfterMs: 1000 }
    const secret = checked.fits
    const isRight =
      account !== undefined &&
      secret !== undefined &&
      this.#isUsable(account, secret) &&
      this.#mayComeSo(account, claim)
    if (!isRight) return this.#refuse(source, digest)
    this.#remember(digest, { account: account.id, secret, untilMs: this.#clock.monotonicMs() + rememberedMs })
    this.#nodes?.seen(source)
    return { kind: 'known', account }
  }

  async #byDirectory(account: NacAccount, credentials: Credentials, source: string, digest: string): Promise<Verdict> {
    const verdict = await this.#directory.verify(account, credentials, source)
    if (verdict === 'accepted' || verdict === 'cached') {
      // Short: the directory is asked again soon, and its no has to arrive here.
      this.#remember(digest, {
        account: account.id,
        secret: undefined,
        untilMs: this.#clock.monotonicMs() + (verdict === 'accepted' ? 60_000 : 10_000),
      })
      return { kind: 'known', account }
    }
    if (verdict === 'unknown') return { kind: 'cannotSay' }
    return this.#refuse(source, verdict === 'refused' ? digest : undefined)
  }

  /** The id of the secret that fits, after as much work for nobody as for somebody. `undefined`: too many wait. */
  #rightSecret(
    account: NacAccount | undefined,
    credentials: Credentials,
    digest: string,
    source: string,
  ): Promise<Fitting | undefined> {
    const underWay = this.#underWay.get(digest)
    if (underWay !== undefined) return underWay
    const asked = this.#fitting(account, credentials, source).finally(() => this.#underWay.delete(digest))
    this.#underWay.set(digest, asked)
    return asked
  }

  async #fitting(
    account: NacAccount | undefined,
    { password }: Credentials,
    source: string,
  ): Promise<Fitting | undefined> {
    if (!(await this.#line.enter(this.#nodes?.has(source) === true))) return undefined
    try {
      const secrets = account?.kind === 'basic' ? account.secrets : []
      let fits: string | undefined
      // Two for everybody, also after one has fitted: nobody learns from the time who has one, two or none.
      for (const at of [0, 1]) {
        const isRight = await this.#fits(password, secrets[at]?.verifier ?? (await this.#nobody))
        if (isRight) fits ??= secrets[at]?.id
      }
      return { fits }
    } finally {
      this.#line.leave()
    }
  }

  #refuse(source: string, digest: string | undefined): Verdict {
    this.#failures.take(source, failuresPerMinute)
    if (digest !== undefined) {
      bound(this.#wrong)
      this.#wrong.set(digest, this.#clock.monotonicMs() + wrongForMs)
    }
    return { kind: 'refused' }
  }

  #remember(digest: string, remembered: Remembered): void {
    bound(this.#known)
    this.#known.set(digest, remembered)
    this.#wrong.delete(digest)
  }

  #isUsable(account: NacAccount, secret: string | undefined): boolean {
    const nowMs = this.#clock.now().getTime()
    if (account.disabled || (account.expiresAtMs !== undefined && account.expiresAtMs <= nowMs)) return false
    if (account.kind === 'directory') return true
    if (secret === undefined) return true
    const held = account.secrets.find(({ id }) => id === secret)
    return held !== undefined && (held.notAfterMs === undefined || held.notAfterMs > nowMs)
  }

  #mayComeSo(account: NacAccount, { source, certificate }: Claim): boolean {
    let isAllowed = this.#sources.get(account)
    if (isAllowed === undefined) this.#sources.set(account, (isAllowed = sourceList(account.sources)))
    if (!isAllowed(source)) return false
    return (
      account.certificates.length === 0 || (certificate !== undefined && account.certificates.includes(certificate))
    )
  }

  /** A changed account starts anew: what was right may be wrong now, and the other way round. */
  #forgetOutdated(): void {
    const model = this.#model()
    if (model === this.#versionOf && model.accountsVersion === this.#version) return
    this.#versionOf = model
    this.#version = model.accountsVersion
    this.#wrong.clear()
    for (const [digest, { account, secret }] of this.#known) {
      const now = model.account(account)
      if (now === undefined || !this.#isUsable(now, secret)) this.#known.delete(digest)
    }
  }
}

function bound(map: Map<string, unknown>): void {
  for (const oldest of map.keys()) {
    if (map.size < mostRemembered) break
    map.delete(oldest)
  }
}
