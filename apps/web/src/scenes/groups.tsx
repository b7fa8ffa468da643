/**
 * Organization groups: the tree, and a new one.
 *
 * @module
 */
import { TextLink } from '../parts/link-button.tsx'
import { Button, Group as Row, Modal, Paper, Select, Stack, Text, TextInput } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import { groupsQuery } from '../api/queries.ts'
import type { Group } from '../api/shapes.ts'
import { treeOf, type Placed } from '../groups/tree.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'

const columns: readonly Column<Placed>[] = [
  {
    title: 'Name',
    cell: ({ group, depth }) => (
      <span className={`depth depth-${Math.min(depth, 6)}`}>
        {depth > 0 && <span aria-hidden>└ </span>}
        <TextLink to="/groups/$group/overview" params={{ group: group.id }} isStrong>
          {visible(group.name)}
        </TextLink>
      </span>
    ),
  },
  {
    title: 'Below',
    cell: ({ path: whole, depth }) => (depth === 0 ? 'nothing' : visible(whole.split(' / ').slice(0, -1).join(' / '))),
  },
  { title: 'Made', cell: ({ group }) => moment(group.createdAt) },
]

export function GroupsScene() {
  const groups = useQuery(groupsQuery)
  const session = useSession()
  const [isOpen, { open, close }] = useDisclosure(false)
  return (
    <Page
      title="Organization groups"
      says="Each has an authority of its own. A group below another inherits its settings and is served by its connectors; siblings do not see each other."
      actions={may(session, 'organization-groups:edit') && <Button onClick={open}>New group</Button>}
    >
      <Paper>
        <Answer of={groups}>
          {(all) => (
            <DataTable
              caption="Organization groups"
              columns={columns}
              rows={treeOf(all)}
              keyOf={({ group }) => group.id}
              whenEmpty="There is no group yet. Make the first one, then connect its network."
            />
          )}
        </Answer>
      </Paper>
      <Modal
        opened={isOpen}
        onClose={close}
        title={<strong>New organization group</strong>}
        closeButtonProps={{ 'aria-label': 'Close' }}
      >
        <NewGroup groups={groups.data ?? []} />
      </Modal>
    </Page>
  )
}

function NewGroup({ groups }: { readonly groups: readonly Group[] }) {
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
