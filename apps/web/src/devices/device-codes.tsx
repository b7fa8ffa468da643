/**
 * The codes that were made for devices, and what became of them.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { DeviceCode } from '../api/command-shapes.ts'
import { deviceCodesQuery } from './queries.ts'
import { Answer } from '../parts/answer.tsx'
import { useChange } from '../parts/change.ts'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { revokeColumn, stateColumn, worksFirst } from '../parts/revocation.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { ago, moment } from '../text/time.ts'

export function Codes({ group }: { readonly group: string }) {
  const session = useSession()
  const codes = useQuery(deviceCodesQuery(group))
  const now = useNow()
  const revoke = useChange(
    ({ id }: DeviceCode) => ask('DELETE', path`/api/groups/${group}/device-enrollment-codes/${id}`),
    {
      says: (_, { label }) => `The code ${label === '' ? '' : `for ${visible(label)} `}is revoked.`,
      renews: [['group', group, 'device-codes']],
    },
  )
  const called = ({ label }: DeviceCode) => `the code for ${label === '' ? 'nobody named' : visible(label)}`
  const columns: readonly Column<DeviceCode>[] = [
    {
      title: 'For',
      cell: ({ label, needsLogin }) => (
        <>
          {label === '' ? 'nobody named' : visible(label)}
          {needsLogin && (
            <Text size="xs" c="dimmed">
              with a directory account
            </Text>
          )}
        </>
      ),
    },
    stateColumn(now),
    { title: 'Left', isNumber: true, cell: ({ usesLeft }) => usesLeft },
    { title: 'Ends', cell: ({ expiresAt }) => <time dateTime={expiresAt}>{moment(expiresAt)}</time> },
    { title: 'Last used', cell: ({ lastUsedAt }) => ago(lastUsedAt, now) },
    ...(may(session, 'devices:edit') ? [revokeColumn(now, called, revoke.mutate)] : []),
  ]
  return (
    <>
      {revoke.isError && <FailureNotice error={revoke.error} />}
      <Answer of={codes}>
        {(all) => (
          <DataTable
            caption="Enrollment codes of devices"
            columns={columns}
            rows={worksFirst(all, now)}
            keyOf={({ id }) => id}
            whenEmpty="No code was made in this group yet."
          />
        )}
      </Answer>
    </>
  )
}
