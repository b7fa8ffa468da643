/**
 * Secrets with which FusionInventory, GLPI and OCS agents report devices of a group.
 *
 * @module
 */
import { Button, Text } from '@mantine/core'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Ending } from '../admins/ending.tsx'
import { ask, path } from '../api/client.ts'
import type { AgentSecret } from '../api/source-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { ago } from '../text/time.ts'
import { agentSecretsQuery } from './queries.ts'
import { NewSecret } from './new-agent-secret.tsx'

export function AgentSecrets({ group }: { readonly group: string }) {
  const secrets = useQuery(agentSecretsQuery(group))
  const queryClient = useQueryClient()
  const mayEdit = may(useSession(), 'sources:edit')
  const now = useNow()
  const [isMaking, setMaking] = useState(false)
  const revoke = useMutation({
    mutationFn: ({ id }: AgentSecret) => ask('POST', path`/api/groups/${group}/agent-secrets/${id}/revoke`),
    onSuccess: async (_, { name }) => {
      notifications.show({ message: `${visible(name)} is revoked. Devices that came with it stay.` })
      await queryClient.invalidateQueries({ queryKey: ['group', group, 'agent-secrets'] })
    },
  })
  const isOver = ({ revokedAt, expiresAt }: AgentSecret) =>
    revokedAt !== undefined || (expiresAt !== undefined && new Date(expiresAt) <= now)
  const columns: readonly Column<AgentSecret>[] = [
    { title: 'Name', cell: ({ name }) => <strong>{visible(name)}</strong> },
    {
      title: 'State',
      cell: (secret) => (
        <StandingWord standing={isOver(secret) ? 'off' : 'ok'}>
          {secret.revokedAt !== undefined ? 'revoked' : isOver(secret) ? 'ended' : 'works'}
        </StandingWord>
      ),
    },
    {
      title: 'Last used',
      cell: ({ lastUsedAt, lastAgent }) => (
        <>
          {ago(lastUsedAt, now)}
          {lastAgent !== undefined && (
            <Text size="xs" c="dimmed">
              {visible(lastAgent)}
            </Text>
          )}
        </>
      ),
    },
    { title: 'Ends', cell: ({ expiresAt }) => <Ending at={expiresAt} now={now} /> },
    ...(mayEdit
      ? [
          {
            title: 'Change',
            cell: (secret: AgentSecret) =>
              isOver(secret) ? (
                <Text span size="sm" c="dimmed">
                  over
                </Text>
              ) : (
                <Button
                  variant="outline"
                  size="compact-sm"
                  className="is-grave"
                  aria-label={`Revoke ${visible(secret.name)}`}
                  onClick={() => revoke.mutate(secret)}
                >
                  Revoke
                </Button>
              ),
          },
        ]
      : []),
  ]
  return (
    <Section
      title="Inventory agents"
      says="FusionInventory, GLPI and OCS agents report their machine here; each needs a secret of the group."
      actions={mayEdit && <Button onClick={() => setMaking(true)}>New secret</Button>}
    >
      {revoke.isError && <FailureNotice error={revoke.error} />}
      <Answer of={secrets}>
        {(all) => (
          <DataTable
            caption="Secrets of inventory agents"
            columns={columns}
            rows={[...all.filter((one) => !isOver(one)), ...all.filter(isOver)]}
            keyOf={({ id }) => id}
            whenEmpty="No inventory agent may report here."
          />
        )}
      </Answer>
      <Dialog title="New secret for inventory agents" isOpen={isMaking} onClose={() => setMaking(false)}>
        <NewSecret group={group} onDone={() => setMaking(false)} />
      </Dialog>
    </Section>
  )
}
