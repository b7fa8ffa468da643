/**
 * How the account of somebody stands.
 *
 * @module
 */
import type { ListedUser } from '../api/sync-shapes.ts'
import { StandingWord } from '../parts/standing-word.tsx'

export function AccountWord({
  isDisabled,
  isLocked,
  isExpired,
}: Pick<ListedUser, 'isDisabled' | 'isLocked' | 'isExpired'>) {
  if (isDisabled) return <StandingWord standing="off">disabled</StandingWord>
  if (isExpired) return <StandingWord standing="warning">expired</StandingWord>
  if (isLocked) return <StandingWord standing="warning">locked</StandingWord>
  return <StandingWord standing="ok">enabled</StandingWord>
}
