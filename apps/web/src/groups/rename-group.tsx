/**
 * An organization group with another name.
 *
 * @module
 */
import { Button, Group as Row, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { Group } from '../api/shapes.ts'
import { FailureNotice } from '../parts/notice.tsx'

export function Rename({ group, onDone }: { readonly group: Group; readonly onDone: () => void }) {
  const [name, setName] = useState(group.name)
  const queryClient = useQueryClient()
  const rename = useMutation({
    mutationFn: () => ask('PUT', path`/api/groups/${group.id}`, { body: { name } }),
    onSuccess: async () => {
      onDone()
      await queryClient.invalidateQueries({ queryKey: ['groups'] })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        rename.mutate()
      }}
    >
      <Stack gap="md">
        <TextInput
          label="New name"
          description="Its id stays, so connectors and programs notice nothing. Programs that use the name have to change."
          required
          withAsterisk={false}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        {rename.isError && <FailureNotice error={rename.error} />}
        <Row justify="flex-end">
          <Button variant="default" onClick={onDone}>
            Cancel
          </Button>
          <Button type="submit" loading={rename.isPending} disabled={name.trim() === '' || name === group.name}>
            Rename
          </Button>
        </Row>
      </Stack>
    </form>
  )
}
