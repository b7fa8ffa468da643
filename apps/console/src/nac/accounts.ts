/**
 * Accounts of nac: who may ask about devices, in which groups, from where, until when.
 *
 * They live in the feed and nowhere else, so nac and the console can never disagree
 * about one. Of a secret only a verifier is kept; two may hold while one replaces the
 * other.
 *
 * @module
 */
import { randomBytes, toBase64Url } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import { makeVerifier, type NacAccount, type NacSecret } from '@sallygate/domain'
import type { Repositories, Store } from '@sallygate/store'
import type { Delegation } from '../admins/delegation.ts'
import { consoleFailure } from '../failures.ts'
import type { Actor } from '../http/policy.ts'
import { nacDeskFailure } from './failures.ts'

export type AccountFields = Pick<
  NacAccount,
  'right' | 'sources' | 'certificates' | 'actions' | 'messages' | 'disabled'
> & {
  readonly expiresAt: Date | undefined
}

export interface NewAccount extends AccountFields {
  readonly user: string
  readonly kind: NacAccount['kind']
  readonly group: string | undefined
  readonly secret: Secret | undefined
}

export interface MadeAccount {
  readonly account: NacAccount
  /** Shown this once; absent where it was given, or is the directory's. */
  readonly secret: Secret | undefined
}

const shortestSecret = 12

export class NacAccounts {
  readonly #store: Store
  readonly #clock: Clock
  readonly #delegation: Delegation

  constructor(parts: { readonly store: Store; readonly clock: Clock; readonly delegation: Delegation }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.#delegation = parts.delegation
  }

  /** Those of the groups the actor sees. */
  async list(actor: Actor): Promise<readonly NacAccount[]> {
    const seen: NacAccount[] = []
    for (const account of await allOf(this.#store))
      if (await this.#delegation.reaches(actor, account.group)) seen.push(account)
    return seen
  }

  /** By id or user. @throws CONSOLE_NOT_FOUND. */
  async find(actor: Actor, reference: string): Promise<NacAccount> {
    const key = userKey(reference)
    const found = (await this.list(actor)).find(({ id, user }) => id === reference || userKey(user) === key)
    if (found === undefined) throw consoleFailure('NOT_FOUND')
    return found
  }

  /** @throws NAC_DESK_USER_TAKEN, NAC_DESK_USER_UNUSABLE, NAC_DESK_SECRET_*. */
  async add(fresh: NewAccount): Promise<MadeAccount> {
    const { user, kind, group, secret: given, expiresAt, ...fields } = fresh
    checkUser(user, kind)
    if (kind === 'directory' && given !== undefined) throw nacDeskFailure('SECRET_ELSEWHERE')
    const secret = kind === 'directory' ? undefined : (given ?? madeSecret())
    const account: NacAccount = {
      id: newId(),
      user,
      kind,
      ...(group === undefined ? {} : { group }),
      ...fields,
      secrets: secret === undefined ? [] : [await keptSecret(secret)],
      ...(expiresAt === undefined ? {} : { expiresAtMs: expiresAt.getTime() }),
    }
    await this.#store.transaction(async (inside) => {
      const isTaken = (await allOf(inside)).some((one) => userKey(one.user) === userKey(user))
      if (isTaken) throw nacDeskFailure('USER_TAKEN')
      await put(inside, account)
    })
    return { account, secret: given === undefined ? secret : undefined }
  }

  /** What is not named stays. `expiresAt: null` takes the end away. */
  change(
    actor: Actor,
    reference: string,
    change: Partial<Omit<AccountFields, 'expiresAt'>> & { readonly expiresAt?: Date | null | undefined },
  ): Promise<NacAccount> {
    return this.#edit(actor, reference, ({ expiresAtMs, ...account }) => {
      const { expiresAt, ...fields } = change
      const ends = expiresAt === null ? undefined : (expiresAt?.getTime() ?? expiresAtMs)
      const given = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined))
      return { ...account, ...given, ...(ends === undefined ? {} : { expiresAtMs: ends }) }
    })
  }

  /**
   * A new secret beside the newest of those there are, which ends after the overlap.
   *
   * @throws CONSOLE_NOT_FOUND, NAC_DESK_SECRET_ELSEWHERE, NAC_DESK_SECRET_SHORT.
   */
  async rotate(actor: Actor, reference: string, given: Secret | undefined, overlapMs: number): Promise<MadeAccount> {
    const secret = given ?? madeSecret()
    const fresh = await keptSecret(secret)
    const endsMs = this.#clock.now().getTime() + overlapMs
    const account = await this.#edit(actor, reference, (before) => {
      if (before.kind === 'directory') throw nacDeskFailure('SECRET_ELSEWHERE')
      const old = before.secrets.at(-1)
      const ending = old === undefined || overlapMs === 0 ? [] : [endingAt(old, endsMs)]
      return { ...before, secrets: [...ending, fresh] }
    })
    return { account, secret: given === undefined ? secret : undefined }
  }

  async remove(actor: Actor, reference: string): Promise<void> {
    const { id } = await this.find(actor, reference)
    await this.#store.nacFeed.append({ kind: 'account', id })
  }

  async #edit(actor: Actor, reference: string, edit: (account: NacAccount) => NacAccount): Promise<NacAccount> {
    const { id } = await this.find(actor, reference)
    return this.#store.transaction(async (inside) => {
      const now = (await inside.nacFeed.find('account', id))?.value
      if (now === undefined) throw consoleFailure('NOT_FOUND')
      const after = edit(now)
      await put(inside, after)
      return after
    })
  }
}

/** A secret that ends sooner anyway keeps its end. */
function endingAt(secret: NacSecret, endsMs: number): NacSecret {
  return { ...secret, notAfterMs: Math.min(endsMs, secret.notAfterMs ?? endsMs) }
}

async function allOf(inside: Pick<Repositories, 'nacFeed'>): Promise<readonly NacAccount[]> {
  return (await inside.nacFeed.list('account')).flatMap(({ value }) => (value === undefined ? [] : [value]))
}

function put(inside: Pick<Repositories, 'nacFeed'>, account: NacAccount): Promise<void> {
  return inside.nacFeed.append({ kind: 'account', id: account.id, value: account })
}

function checkUser(user: string, kind: NacAccount['kind']): void {
  // oxlint-disable-next-line no-control-regex -- RFC 7617, 2: no colon, no control characters
  const isUsable = !/[:\u0000-\u001f\u007f]/.test(user) && (kind === 'basic' || /^[^\\]+\\[^\\]+$/.test(user))
  if (!isUsable) throw nacDeskFailure('USER_UNUSABLE')
}

async function keptSecret(secret: Secret): Promise<NacSecret> {
  if (secret.reveal().length < shortestSecret) throw nacDeskFailure('SECRET_SHORT')
  return { id: newId(), verifier: await makeVerifier(secret) }
}

const newId = () => randomBytes(12).toString('hex')
const madeSecret = () => new Secret(toBase64Url(randomBytes(24)))

export function userKey(user: string): string {
  return user.normalize('NFC').toLowerCase()
}
