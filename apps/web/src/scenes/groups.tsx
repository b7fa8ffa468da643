/**
 * Organization groups: the tree; make, rename, move and delete one.
 *
 * @module
 */
import { Button, Group as Row, Paper, Select, Stack, Text, TextInput } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import { groupsQuery } from '../api/queries.ts'
import type { Group } from '../api/shapes.ts'
import { MoveGroup } from '../groups/move-group.tsx'
import { treeOf, type Placed } from '../groups/tree.ts'
import { Answer } from '../parts/answer.tsx'
import { ConsentDialog, type Consent } from '../parts/consent-dialog.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { useDemand } from '../settings/restricted-actions.ts'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'

type Act = 'rename' | 'move' | 'delete'
type Doing = { readonly act: 'new' } | { readonly act: Act; readonly group: Group }

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
  const [doing, setDoing] = useState<Doing>()
  const done = () => setDoing(undefined)
  const mayEdit = may(session, 'organization-groups:edit')
  return (
    <Page
      title="Organization groups"
      says="Each has an authority of its own. A group below another inherits its settings and is served by its connectors; siblings do not see each other."
      actions={mayEdit && <Button onClick={() => setDoing({ act: 'new' })}>New group</Button>}
    >
      <Paper>
        <Answer of={groups}>
          {(all) => (
            <DataTable
              caption="Organization groups"
              columns={
                mayEdit
                  ? [
                      ...columns,
                      {
                        title: 'Change',
                        cell: ({ group }) => <Actions group={group} onChoose={(act) => setDoing({ act, group })} />,
                      },
                    ]
                  : columns
              }
              rows={treeOf(all)}
              keyOf={({ group }) => group.id}
              whenEmpty="There is no group yet. Make the first one, then connect its network."
            />
          )}
        </Answer>
      </Paper>
      <Dialog title="New organization group" isOpen={doing?.act === 'new'} onClose={done}>
        <NewGroup groups={groups.data ?? []} />
      </Dialog>
      <Dialog
        title={doing?.act === 'rename' ? `Rename ${visible(doing.group.name)}` : ''}
        isOpen={doing?.act === 'rename'}
        onClose={done}
      >
        {doing?.act === 'rename' && <Rename group={doing.group} onDone={done} />}
      </Dialog>
      <Dialog
        title={doing?.act === 'move' ? `Move ${visible(doing.group.name)}` : ''}
        isOpen={doing?.act === 'move'}
        onClose={done}
        isWide
      >
        {doing?.act === 'move' && <MoveGroup group={doing.group} groups={groups.data ?? []} onDone={done} />}
      </Dialog>
      <Delete group={doing?.act === 'delete' ? doing.group : undefined} onDone={done} />
    </Page>
  )
}

function Actions({ group, onChoose }: { readonly group: Group; readonly onChoose: (act: Act) => void }) {
  const name = visible(group.name)
  return (
    <Row gap={6}>
      <Button variant="default" size="compact-sm" aria-label={`Rename ${name}`} onClick={() => onChoose('rename')}>
        Rename
      </Button>
      <Button variant="default" size="compact-sm" aria-label={`Move ${name}`} onClick={() => onChoose('move')}>
        Move
      </Button>
      <Button
        variant="outline"
        className="is-grave"
        size="compact-sm"
        aria-label={`Delete ${name}`}
        onClick={() => onChoose('delete')}
      >
        Delete
      </Button>
    </Row>
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

function Rename({ group, onDone }: { readonly group: Group; readonly onDone: () => void }) {
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

function Delete({ group, onDone }: { readonly group: Group | undefined; readonly onDone: () => void }) {
  const queryClient = useQueryClient()
  const demand = useDemand(group?.id, 'deleteGroup')
  const name = group === undefined ? '' : visible(group.name)
  const remove = async (consent: Consent) => {
    if (group === undefined) return
    await ask('DELETE', path`/api/groups/${group.id}`, { body: consent })
    onDone()
    notifications.show({ message: `${name} is deleted.` })
    await queryClient.invalidateQueries({ queryKey: ['groups'] })
  }
  return (
    <ConsentDialog
      title={`Delete ${name}?`}
      isOpen={group !== undefined}
      onClose={onDone}
      doIt="Delete for good"
      demand={demand}
      run={remove}
    >
      <Text size="sm">
        Its settings, open invitations and certificates are gone then. This cannot be taken back. A group with groups
        below it, or with connectors that are not revoked, is not deleted.
      </Text>
    </ConsentDialog>
  )
}
