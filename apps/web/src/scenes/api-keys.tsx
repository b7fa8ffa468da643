/**
 * API keys: how programs prove who they are.
 *
 * @module
 */
import { Button, Paper } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Ending } from '../parts/ending.tsx'
import { useGroupName } from '../parts/group-select.tsx'
import { apiKeysQuery, rolesQuery } from '../admins/queries.ts'
import type { ApiKey } from '../api/access-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { revokeColumn, stateColumn, worksFirst } from '../parts/revocation.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'
import { NewKey } from '../admins/new-api-key.tsx'
import { Revoke } from '../admins/revoke-api-key.tsx'

export function ApiKeysScene() {
  const keys = useQuery(apiKeysQuery)
  const session = useSession()
  const roles = useQuery({ ...rolesQuery, enabled: may(session, 'roles:read') })
  const nameOf = useGroupName()
  const now = useNow()
  const [isOpen, { open, close }] = useDisclosure(false)
  const [revoking, setRevoking] = useState<ApiKey>()
  const mayEdit = may(session, 'api-keys:edit')
  const columns: readonly Column<ApiKey>[] = [
    { title: 'Name', cell: ({ name }) => <strong>{visible(name)}</strong> },
    stateColumn(now),
    {
      title: 'Role',
      cell: ({ role, group }) =>
        role === undefined
          ? 'none: may do nothing'
          : `${visible(roles.data?.roles.find(({ id }) => id === role)?.name ?? role)}, ${nameOf(group)}`,
    },
    { title: 'Made', cell: ({ createdAt }) => moment(createdAt) },
    {
      title: 'Ends',
      cell: ({ expiresAt, revokedAt }) =>
        revokedAt === undefined ? <Ending at={expiresAt} now={now} /> : `revoked ${revokedAt.slice(0, 10)}`,
    },
    ...(mayEdit ? [revokeColumn<ApiKey>(now, ({ name }) => visible(name), setRevoking)] : []),
  ]
  return (
    <Page
      title="API keys"
      says="A program sends its key with every request, and may what the role of the key lets it. The console keeps only a digest."
      actions={mayEdit && <Button onClick={open}>New API key</Button>}
    >
      <Paper>
        <Answer of={keys}>
          {(all) => (
            <DataTable
              caption="API keys"
              columns={columns}
              rows={worksFirst(all, now)}
              keyOf={({ id }) => id}
              whenEmpty="There is no API key you may see."
            />
          )}
        </Answer>
      </Paper>
      <Dialog title="New API key" isOpen={isOpen} onClose={close}>
        <NewKey onDone={close} />
      </Dialog>
      <Revoke apiKey={revoking} onClose={() => setRevoking(undefined)} />
    </Page>
  )
}
