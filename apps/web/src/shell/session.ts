/**
 * Who is signed in, and what he may do.
 *
 * What the screen leaves out is a courtesy; the console refuses by itself.
 *
 * @module
 */
import { useMutation, useQueryClient, useSuspenseQuery } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import { sessionQuery } from '../api/queries.ts'
import type { Session } from '../api/access-shapes.ts'

export type Right = `${string}:${'read' | 'edit'}`

export function may({ resources }: Session, right: Right): boolean {
  return resources.includes(right)
}

/** The session of a page inside the shell, where somebody is always signed in. */
export function useSession(): Session {
  const { data } = useSuspenseQuery(sessionQuery)
  if (data === null) throw new Error('a page of the shell is shown to nobody')
  return data
}

export function useSignOut() {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: () => ask('DELETE', path`/api/session`),
    onSettled: () => {
      // Nothing of what he saw stays in this browser.
      queryClient.clear()
      window.location.assign('/sign-in')
    },
  })
}
