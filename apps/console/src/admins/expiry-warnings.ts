/**
 * Accounts and API keys that expire: said before, and said after, never silent.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Store } from '@sallygate/store'
import type { Warning } from '../status/schema.ts'
import { expiring } from './expiring.ts'

const kinds = { account: 'ACCOUNT', 'API key': 'API_KEY', 'nac account': 'NAC_ACCOUNT' } as const

export async function expiryWarnings(store: Store, clock: Clock): Promise<Warning[]> {
  return (await expiring(store, clock)).map(({ what, about, group, expiresAt, step, when, fix }) => ({
    code: step === 0 ? `${kinds[what]}_EXPIRED` : `${kinds[what]}_EXPIRES`,
    level: step <= 1 ? ('red' as const) : ('yellow' as const),
    says: `The ${what} ${when} (${expiresAt.toISOString().slice(0, 10)}).`,
    fix,
    about,
    ...(group === undefined ? {} : { group }),
  }))
}
