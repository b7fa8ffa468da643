/**
 * The codes that were made for devices, and what became of them.
 *
 * @module
 */
import { Button, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { DeviceCode } from '../api/command-shapes.ts'
import { deviceCodesQuery } from './queries.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { ago, moment } from '../text/time.ts'

export function Codes({ group }: { readonly group: string }) {
  const session = useSession()
  const codes = useQuery(deviceCodesQuery(group))
  const queryClient = useQueryClient()
  const now = useNow()
  const revoke = useMutation({
    mutationFn: ({ id }: DeviceCode) => ask('DELETE', path`/api/groups/${group}/device-enrollment-codes/${id}`),
    onSuccess: async (_, { label }) => {
      notifications.show({ message: `The code ${label === '' ? '' : `for ${visible(label)} `}is revoked.` })
      await queryClient.invalidateQueries({ queryKey: ['group', group, 'device-codes'] })
    },
  })
  const isOver = ({ revokedAt, usesLeft, expiresAt }: DeviceCode) =>
    revokedAt !== undefined || usesLeft === 0 || new Date(expiresAt) <= now
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
    {
      title: 'State',
      cell: (code) =>
        code.revokedAt !== undefined ? (
          <StandingWord standing="off">revoked</StandingWord>
        ) : code.usesLeft === 0 ? (
          <StandingWord standing="off">used up</StandingWord>
        ) : (
          <StandingWord standing={isOver(code) ? 'off' : 'ok'}>{isOver(code) ? 'ended' : 'works'}</StandingWord>
        ),
    },
    { title: 'Left', isNumber: true, cell: ({ usesLeft }) => usesLeft },
    { title: 'Ends', cell: ({ expiresAt }) => <time dateTime={expiresAt}>{moment(expiresAt)}</time> },
    { title: 'Last used', cell: ({ lastUsedAt }) => ago(lastUsedAt, now) },
    ...(may(session, 'devices:edit')
      ? [
          {
            title: 'Change',
            cell: (code: DeviceCode) =>
              isOver(code) ? (
                <Text span size="sm" c="dimmed">
                  over
                </Text>
              ) : (
                <Button
                  variant="outline"
                  size="compact-sm"
                  className="is-grave"
                  aria-label={`Revoke the code for ${code.label === '' ? 'nobody named' : visible(code.label)}`}
                  onClick={() => revoke.mutate(code)}
                >
                  Revoke
                </Button>
              ),
          },
        ]
      : []),
  ]
  return (
    <>
      {revoke.isError && <FailureNotice error={revoke.error} />}
      <Answer of={codes}>
        {(all) => (
          <DataTable
            caption="Enrollment codes of devices"
            columns={columns}
            rows={[...all.filter((code) => !isOver(code)), ...all.filter(isOver)]}
            keyOf={({ id }) => id}
            whenEmpty="No code was made in this group yet."
          />
        )}
      </Answer>
    </>
  )
}
