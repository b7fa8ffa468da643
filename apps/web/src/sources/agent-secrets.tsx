/**
 * Secrets with which FusionInventory, GLPI and OCS agents report devices of a group.
 *
 * @module
 */
import { Button, Text } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { Ending } from '../parts/ending.tsx'
import { ask, path } from '../api/client.ts'
import type { AgentSecret } from '../api/source-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { useChange } from '../parts/change.ts'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { revokeColumn, stateColumn, worksFirst } from '../parts/revocation.tsx'
import { Section } from '../parts/section.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { ago } from '../text/time.ts'
import { agentSecretsQuery } from './queries.ts'
import { NewSecret } from './new-agent-secret.tsx'

export function AgentSecrets({ group }: { readonly group: string }) {
  const secrets = useQuery(agentSecretsQuery(group))
  const mayEdit = may(useSession(), 'sources:edit')
  const now = useNow()
  const [isMaking, setMaking] = useState(false)
  const revoke = useChange(
    ({ id }: AgentSecret) => ask('POST', path`/api/groups/${group}/agent-secrets/${id}/revoke`),
    {
      says: (_, { name }) => `${visible(name)} is revoked. Devices that came with it stay.`,
      renews: [['group', group, 'agent-secrets']],
    },
  )
  const columns: readonly Column<AgentSecret>[] = [
    { title: 'Name', cell: ({ name }) => <strong>{visible(name)}</strong> },
    stateColumn(now),
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
    ...(mayEdit ? [revokeColumn<AgentSecret>(now, ({ name }) => visible(name), revoke.mutate)] : []),
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
            rows={worksFirst(all, now)}
            keyOf={({ id }) => id}
            whenEmpty="No inventory agent may report here. Make a secret, and enter it in the agents with their server address."
          />
        )}
      </Answer>
      <Dialog title="New secret for inventory agents" isOpen={isMaking} onClose={() => setMaking(false)}>
        <NewSecret group={group} onDone={() => setMaking(false)} />
      </Dialog>
    </Section>
  )
}
