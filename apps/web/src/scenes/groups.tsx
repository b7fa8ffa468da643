/**
 * Organization groups: the tree; make, rename, move and delete one.
 *
 * @module
 */
import { Button, Group as Row, Paper } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { groupsQuery } from '../api/queries.ts'
import type { Group } from '../api/shapes.ts'
import { MoveGroup } from '../groups/move-group.tsx'
import { treeOf, type Placed } from '../groups/tree.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { Page } from '../parts/page.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'
import { NewGroup } from '../groups/new-group.tsx'
import { Rename } from '../groups/rename-group.tsx'
import { Delete } from '../groups/delete-group.tsx'

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
