/**
 * A new organization group.
 *
 * @module
 */
import { Button, Group as Row, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { Group } from '../api/shapes.ts'
import { treeOf } from './tree.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { visible } from '../text/directory-text.ts'

export function NewGroup({ groups }: { readonly groups: readonly Group[] }) {
  const [name, setName] = useState('')
  const [parent, setParent] = useState<string | null>(null)
  const queryClient = useQueryClient()
  const navigate = useNavigate()
  const make = useMutation({
    mutationFn: () => ask<Group>('POST', path`/api/groups`, { body: { name, ...(parent === null ? {} : { parent }) } }),
    onSuccess: async ({ id }) => {
      await queryClient.invalidateQueries({ queryKey: ['groups'] })
      await navigate({ to: '/groups/$group/connect', params: { group: id } })
    },
  })
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        make.mutate()
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Name"
          required
          withAsterisk={false}
          data-autofocus
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <Select
          label="Below"
          description="Empty: at the top."
          clearable
          data={treeOf(groups).map(({ group, path: whole }) => ({ value: group.id, label: visible(whole) }))}
          value={parent}
          onChange={setParent}
        />
        <Text size="sm" c="dimmed">
          Making it creates its certificate authority.
        </Text>
        {make.isError && <FailureNotice error={make.error} />}
        <Row justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            Make the group
          </Button>
        </Row>
      </Stack>
    </form>
  )
}
