/**
 * Accounts and API keys that expire: said before, and said after, never silent.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Store } from '@sallygate/store'
import { expiryStep } from '../certificates/renewal.ts'
import type { Warning } from '../status/schema.ts'

/** The last to be warned of: a month is no news for a person's account. */
const firstStepDays = 14

/** An account that ended long ago was meant to. */
const saidForMs = 30 * 24 * 3_600_000

const words = {
  account: {
    kind: 'ACCOUNT',
    fix: 'Give it a later end, or disable or remove it when it is not needed any more.',
  },
  'API key': { kind: 'API_KEY', fix: 'Make a new key, use it in its place, and revoke this one.' },
  'nac account': {
    kind: 'NAC_ACCOUNT',
    fix: 'Give it a later end now: when it has ended, every device is refused. sallygate nac account change --expires',
  },
} as const

export async function expiryWarnings(store: Store, clock: Clock): Promise<Warning[]> {
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
  return [...accounts, ...keys, ...nacAccounts].flatMap(({ what, about, group, expiresAt }) => {
    const now = clock.now()
    const step = expiresAt === undefined ? undefined : expiryStep(expiresAt, now)
    if (expiresAt === undefined || step === undefined || step > firstStepDays) return []
    if (now.getTime() - expiresAt.getTime() > saidForMs) return []
    const { kind, fix } = words[what]
    const when = step === 0 ? 'has expired and is refused' : `expires within ${step} ${step === 1 ? 'day' : 'days'}`
    return [
      {
        code: step === 0 ? `${kind}_EXPIRED` : `${kind}_EXPIRES`,
        level: step <= 1 ? ('red' as const) : ('yellow' as const),
        says: `The ${what} ${when} (${expiresAt.toISOString().slice(0, 10)}).`,
        fix,
        about,
        ...(group === undefined ? {} : { group }),
      },
    ]
  })
}
