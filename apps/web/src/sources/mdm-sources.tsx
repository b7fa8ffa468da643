/**
 * Other MDM servers: where they are, how the last answer was, and asking one now.
 *
 * @module
 */
import { Button, Group as Row } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { MdmSource, SourceState } from '../api/source-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Section } from '../parts/section.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { sourcesQuery } from './queries.ts'
import { sourceColumns } from './source-columns.tsx'
import { SourceForm } from './source-form.tsx'
import { Remove } from './source-remove.tsx'

export function MdmSources({ group }: { readonly group: string }) {
  const sources = useQuery(sourcesQuery(group))
  const queryClient = useQueryClient()
  const mayEdit = may(useSession(), 'sources:edit')
  const now = useNow()
  const [editing, setEditing] = useState<MdmSource | 'new'>()
  const [removing, setRemoving] = useState<MdmSource>()
  const refresh = () => queryClient.invalidateQueries({ queryKey: ['group', group, 'sources'] })
  const run = useMutation({
    mutationFn: ({ source, confirmGone }: { readonly source: MdmSource; readonly confirmGone: boolean }) =>
      ask<SourceState>('POST', path`/api/groups/${group}/sources/${source.id}/ask`, { body: { confirmGone } }),
    onSuccess: async ({ devices = 0, failure }, { source }) => {
      notifications.show({
        message: failure === undefined ? `${visible(source.name)} answered: ${devices} devices.` : failure.says,
      })
      await refresh()
    },
  })
  const columns: readonly Column<MdmSource>[] = [
    ...sourceColumns(now),
    ...(mayEdit
      ? [
          {
            title: 'Change',
            cell: (source: MdmSource) => (
              <Row gap={6}>
                <Button
                  variant="light"
                  size="compact-sm"
                  aria-label={`Ask now: ${visible(source.name)}`}
                  loading={run.isPending && run.variables.source.id === source.id}
                  onClick={() => run.mutate({ source, confirmGone: false })}
                >
                  Ask now
                </Button>
                {(source.state.heldBack ?? 0) > 0 && (
                  <Button
                    variant="outline"
                    size="compact-sm"
                    className="is-grave"
                    aria-label={`${source.state.heldBack} are gone: believe it, of ${visible(source.name)}`}
                    onClick={() => run.mutate({ source, confirmGone: true })}
                  >
                    {`${source.state.heldBack} are gone: believe it`}
                  </Button>
                )}
                <Button
                  variant="default"
                  size="compact-sm"
                  aria-label={`Change ${visible(source.name)}`}
                  onClick={() => setEditing(source)}
                >
                  Change
                </Button>
                <Button
                  variant="outline"
                  size="compact-sm"
                  className="is-grave"
                  aria-label={`Remove ${visible(source.name)}`}
                  onClick={() => setRemoving(source)}
                >
                  Remove
                </Button>
              </Row>
            ),
          },
        ]
      : []),
  ]
  return (
    <Section
      title="Other MDM servers"
      says="They are asked on a schedule. One that is silent blanks nothing: what it said stays until it is no longer fresh."
      actions={mayEdit && <Button onClick={() => setEditing('new')}>Add a server</Button>}
    >
      {run.isError && <FailureNotice error={run.error} />}
      <Answer of={sources}>
        {(all) => (
          <DataTable
            caption="Other MDM servers"
            columns={columns}
            rows={all}
            keyOf={({ id }) => id}
            whenEmpty="No other MDM server is asked. Add one if another MDM manages devices of this group."
          />
        )}
      </Answer>
      <Dialog
        title={editing === undefined || editing === 'new' ? 'Add an MDM server' : `Change ${visible(editing.name)}`}
        isOpen={editing !== undefined}
        onClose={() => setEditing(undefined)}
      >
        {editing !== undefined && (
          <SourceForm
            group={group}
            source={editing === 'new' ? undefined : editing}
            onDone={() => setEditing(undefined)}
          />
        )}
      </Dialog>
      <Remove group={group} source={removing} onClose={() => setRemoving(undefined)} />
    </Section>
  )
}
