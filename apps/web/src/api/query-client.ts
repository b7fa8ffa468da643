/**
 * What has been asked, and when it is asked again.
 *
 * @module
 */
import { QueryCache, QueryClient } from '@tanstack/react-query'
import { problemOf } from './problem.ts'

export const queryClient: QueryClient = new QueryClient({
  queryCache: new QueryCache({
    // A session that has ended shows first in whatever is asked next.
    onError: (error) => {
      if (problemOf(error).status === 401) void queryClient.invalidateQueries({ queryKey: ['session'] })
    },
  }),
  defaultOptions: {
    queries: {
      // Only silence is worth another try; a refusal stays one.
      retry: (count, error) => problemOf(error).status === 0 && problemOf(error).code !== 'WEB_BUG' && count < 2,
      refetchOnWindowFocus: true,
    },
    mutations: { retry: false },
  },
})
