/**
 * A change of an admin, and what is said and asked again after it.
 *
 * @module
 */
import { notifications } from '@mantine/notifications'
import { useMutation, useQueryClient } from '@tanstack/react-query'

/** What changes an account answers with it. */
export function useChange<Input>(run: (input: Input) => Promise<unknown>, said: string, after?: () => void) {
  const queryClient = useQueryClient()
  return useMutation({
    mutationFn: run,
    onSuccess: async () => {
      after?.()
      notifications.show({ message: said })
      await queryClient.invalidateQueries({ queryKey: ['admins'] })
      await queryClient.invalidateQueries({ queryKey: ['session'] })
    },
  })
}
