/**
 * Accounts and API keys that have an end: whose, when, and how near it is. For warnings, and for mails.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Store } from '@sallygate/store'
import { expiryStep } from '../certificates/renewal.ts'

/** The last to be warned of: a month is no news for a person's account. */
const firstStepDays = 14

/** An account that ended long ago was meant to. */
const saidForMs = 30 * 24 * 3_600_000

const fixes = {
  account: 'Give it a later end, or disable or remove it when it is not needed any more.',
  'API key': 'Make a new key, use it in its place, and revoke this one.',
  'nac account':
    'Give it a later end now: when it has ended, every device is refused. sallygate nac account change --expires',
} as const

export interface Expiring {
  readonly what: keyof typeof fixes
  readonly about: string
  /** Absent where it is of no one group. */
  readonly group: string | undefined
  readonly expiresAt: Date
  /** Days that are left, as steps; 0: it has ended. */
  readonly step: 14 | 7 | 1 | 0
  /** `expires within 7 days` */
  readonly when: string
  readonly fix: string
}

export async function expiring(store: Store, clock: Clock): Promise<Expiring[]> {
  const names = new Map((await store.admins.list()).map(({ id, name }) => [id, name]))
  const accounts = (await store.adminAccounts.list())
    .filter(({ disabledAt }) => disabledAt === undefined)
    .map(({ admin, group, expiresAt }) => ({
      what: 'account' as const,
      about: names.get(admin) ?? admin,
      group,
      expiresAt,
    }))
  // A key has no group of its own; one that may do things in one group only is that group's.
  const assignments = (await store.roles.assignments()).filter(({ subjectKind }) => subjectKind === 'apiKey')
  const groupOf = new Map(
    assignments
      .filter(({ subject, group }) => assignments.every((one) => one.subject !== subject || one.group === group))
      .map(({ subject, group }) => [subject, group]),
  )
  const keys = (await store.apiKeys.list())
    .filter(({ revokedAt }) => revokedAt === undefined)
    .map(({ id, name, expiresAt }) => ({ what: 'API key' as const, about: name, group: groupOf.get(id), expiresAt }))
  const nacAccounts = (await store.nacFeed.list('account')).flatMap(({ value }) =>
    value === undefined || value.disabled || value.expiresAtMs === undefined
      ? []
      : [
          {
            what: 'nac account' as const,
            about: value.user,
            group: value.group,
            expiresAt: new Date(value.expiresAtMs),
          },
        ],
  )
  const now = clock.now()
  return [...accounts, ...keys, ...nacAccounts].flatMap(({ what, about, group, expiresAt }) => {
    const step = expiresAt === undefined ? undefined : expiryStep(expiresAt, now)
    if (expiresAt === undefined || step === undefined || step === 30 || step > firstStepDays) return []
    if (now.getTime() - expiresAt.getTime() > saidForMs) return []
    const when = step === 0 ? 'has expired and is refused' : `expires within ${step} ${step === 1 ? 'day' : 'days'}`
    return [{ what, about, group, expiresAt, step, when, fix: fixes[what] }]
  })
}
