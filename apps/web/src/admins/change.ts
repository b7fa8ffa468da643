/**
 * A change of an admin: his list and page are asked again, and who is signed in, which may be himself.
 *
 * @module
 */
import type { UseMutationResult } from '@tanstack/react-query'
import { useChange } from '../parts/change.ts'

/** @param says Said once it is done. @param first What happens then at once: its dialog closes. */
export function useAdminChange<Given = void>(
  send: (given: Given) => Promise<unknown>,
  says: string,
  first?: () => void,
): UseMutationResult<unknown, Error, Given> {
  return useChange(send, { first, says, renews: [['admins'], ['session']] })
}
