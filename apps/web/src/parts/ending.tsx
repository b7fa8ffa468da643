/**
 * When something ends, and louder the nearer it is: warned 14, 7 and 1 days before.
 *
 * @module
 */
import { StandingWord } from './standing-word.tsx'
import { daysLeft, expiry } from '../text/time.ts'

const warnedDays = 14

export function Ending({ at, now }: { readonly at: string | undefined; readonly now: Date }) {
  if (at === undefined) return <>never</>
  const days = daysLeft(at, now)
  if (days < 0) return <StandingWord standing="failed">{expiry(at, now)}</StandingWord>
  if (days <= warnedDays) return <StandingWord standing="warning">{expiry(at, now)}</StandingWord>
  return <>{expiry(at, now)}</>
}
