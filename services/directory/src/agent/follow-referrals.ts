/**
 * Following referrals: the same question at the servers that were named, where the settings list them.
 *
 * Look-ups only. A password of a user goes to no server that another server named, and
 * what policy gives the acting group holds there as here.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { OperationContext } from '@sallygate/service-kit'
import { dialAndBind, type Dialer } from './dial.ts'
import { maxFollowed, referralKey, type Referral } from './referral.ts'
import { isAllowed } from './scope.ts'
import { searchStart, type Found, type SearchOrder } from './search-order.ts'
import { SearchRun } from './search.ts'

/** Bounded in number, in entries and in circles. What cannot be reached makes the answer partial. */
export async function followReferrals(
  dialer: Dialer,
  found: Found,
  order: SearchOrder,
  context: OperationContext,
  limit: number,
): Promise<Found> {
  const isUnfinished = found.next !== undefined || found.partial !== undefined
  if (found.referrals.length === 0 || isUnfinished) return found
  const entries = [...found.entries]
  const waiting = [...found.referrals]
  const seen = new Set<string>()
  const followed: Referral[] = []
  let { references } = found
  let partial: Found['partial']
  while (waiting.length > 0 && followed.length < maxFollowed && entries.length < limit) {
    const referral = waiting.shift() as Referral
    const key = referralKey(referral)
    if (seen.has(key)) continue
    seen.add(key)
    followed.push(referral)
    try {
      const there = await searchThere(dialer, referral, order, context, limit - entries.length)
      entries.push(...there.entries)
      waiting.push(...there.referrals)
      references += there.references
      if (there.partial !== undefined || there.next !== undefined) partial = there.partial ?? 'referral'
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      dialer.host.log.warn('referral not followed', { server: referral.server.host, code: error.code })
      partial = 'referral'
    }
  }
  if (waiting.length > 0) partial ??= 'referral'
  return { entries, references, referrals: followed, partial, next: undefined }
}

async function searchThere(
  dialer: Dialer,
  { server, base }: Referral,
  order: SearchOrder,
  context: OperationContext,
  limit: number,
): Promise<Found> {
  const bases = [base]
  const dialed = await dialAndBind(dialer, server, context)
  try {
    const connection = { ...dialed, openedMs: dialer.host.clock.monotonicMs(), isReused: false }
    const there = { ...order, bases, isAllowed: (dn: string) => isAllowed(dn, base, context) }
    return await new SearchRun(dialer, connection, there, context, limit, searchStart).run()
  } finally {
    dialed.session.close()
  }
}
