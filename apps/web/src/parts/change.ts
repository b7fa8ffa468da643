/**
 * A change that is sent: what is said once it is done, and what is asked again because of it.
 *
 * @module
 */
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient, type QueryKey, type UseMutationResult } from '@tanstack/react-query'

/** What follows a change that went well, in this order. Each is left out where there is nothing to do. */
export interface AfterChange<Answer, Given = void> {
  /** At once: a dialog closes, a page about what is gone is left. */
  readonly first?: ((answer: Answer, given: Given) => unknown) | undefined
  /** Said in the corner, where the page itself does not show it. */
  readonly says?: string | ((answer: Answer, given: Given) => string | undefined) | undefined
  /** Answers that may be untrue now; those on the page are asked again. */
  readonly renews?: readonly QueryKey[] | undefined
  /** When the new answers are here: a page about what is new is opened. */
  readonly last?: ((answer: Answer, given: Given) => unknown) | undefined
}

/** A failure says nothing here: it stands where the change was asked for (`FailureNotice`). */
export function useChange<Answer, Given = void>(
  send: (given: Given) => Promise<Answer>,
  { first, says, renews = [], last }: AfterChange<Answer, Given> = {},
): UseMutationResult<Answer, Error, Given> {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: send,
    onSuccess: async (answer, given) => {
      await first?.(answer, given)
      const message = typeof says === 'function' ? says(answer, given) : says
      if (message !== undefined) notifications.show({ message })
      await Promise.all(renews.map((queryKey) => queryClient.invalidateQueries({ queryKey })))
      await last?.(answer, given)
    },
  })
}
