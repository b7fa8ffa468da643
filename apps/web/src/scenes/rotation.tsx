/**
 * Replacing the keys of a group: in peace, while everything goes on, or at once, because one may be stolen.
 *
 * @module
 */
import { Button, Group as Row, NumberInput, Radio, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { queryOptions, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { PastRotation, Rotation } from '../api/shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { ConsentDialog, type Consent } from '../parts/consent-dialog.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Notice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { useDemand } from '../settings/restricted-actions.ts'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'

const rotationQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'rotation'],
    queryFn: async ({ signal }) =>
      (await ask<{ rotation?: Rotation }>('GET', path`/api/groups/${group}/certificates/rotation`, { signal }))
        .rotation ?? null,
    refetchInterval: 2000,
  })

const pastQuery = (group: string) =>
  queryOptions({
    queryKey: ['group', group, 'rotations'],
    queryFn: async ({ signal }) =>
      (
        await ask<{ rotations: readonly PastRotation[] }>('GET', path`/api/groups/${group}/certificates/rotations`, {
          signal,
        })
      ).rotations,
  })

const causes: Readonly<Record<PastRotation['cause'], string>> = {
  regenerate: 'regenerated',
  revokeNow: 'revoked at once',
  renewal: 'renewed by itself',
}

const states: Readonly<Record<PastRotation['state'], readonly ['ok' | 'warning' | 'off', string]>> = {
  announced: ['warning', 'announced'],
  switched: ['warning', 'new keys sign'],
  done: ['ok', 'done'],
  replaced: ['off', 'replaced by another'],
}

export function Rotations({ group }: { readonly group: string }) {
  const session = useSession()
  const rotation = useQuery(rotationQuery(group))
  const past = useQuery(pastQuery(group))
  const ended = (past.data ?? []).filter(({ endedAt }) => endedAt !== undefined)
  return (
    <>
      {rotation.isError && <Answer of={rotation}>{() => null}</Answer>}
      {rotation.data !== undefined && rotation.data !== null && <Progress rotation={rotation.data} />}
      {may(session, 'certificates:edit') && (
        <>
          <Regenerate group={group} isRunning={rotation.data !== undefined && rotation.data !== null} />
          <RevokeNow group={group} />
        </>
      )}
      {ended.length > 0 && (
        <Section title="Keys replaced before">
          <DataTable
            caption="Earlier rotations"
            rows={ended.toSorted((a, b) => b.startedAt.localeCompare(a.startedAt))}
            keyOf={({ id }) => id}
            whenEmpty=""
            columns={[
              { title: 'When', cell: ({ startedAt }) => moment(startedAt) },
              { title: 'How', cell: ({ cause }) => causes[cause] },
              { title: 'By', cell: ({ startedBy }) => visible(startedBy) },
              {
                title: 'State',
                cell: ({ state }) => <StandingWord standing={states[state][0]}>{states[state][1]}</StandingWord>,
              },
              {
                title: 'Left behind',
                cell: ({ leftBehind = 0 }) => (leftBehind === 0 ? 'nobody' : `${leftBehind}: to be enrolled again`),
              },
            ]}
          />
        </Section>
      )}
    </>
  )
}

function Progress({ rotation }: { readonly rotation: Rotation }) {
  const { connectors, says, cause, startedBy, startedAt, graceEndsAt } = rotation
  const done = connectors.filter((one) => one.done).length
  return (
    <Section
      title="Keys are being replaced"
      says={`${says} Begun ${moment(startedAt)} (${causes[cause]}, by ${visible(startedBy)}). The old keys end ${moment(graceEndsAt)}.`}
      actions={
        <StandingWord standing={done === connectors.length ? 'ok' : 'warning'}>
          {`${done} of ${connectors.length} connectors done`}
        </StandingWord>
      }
    >
      <DataTable
        caption="Connectors and the new keys"
        rows={connectors}
        keyOf={({ id }) => id}
        whenEmpty="No connector is enrolled, so nobody has to learn of it."
        columns={[
          { title: 'Connector', cell: ({ name }) => visible(name) },
          {
            title: 'Stands',
            cell: ({ attached, acknowledged, done: isDone }) => (
              <StandingWord standing={isDone ? 'ok' : attached ? 'warning' : 'failed'}>
                {isDone ? 'done' : !attached ? 'away' : acknowledged ? 'knows the new keys' : 'not acknowledged'}
              </StandingWord>
            ),
          },
          { title: 'What it says', cell: ({ says: words, fix }) => [words, fix].filter(Boolean).join(' ') },
        ]}
      />
    </Section>
  )
}

function useStarted(group: string, said: string, close: () => void) {
  const queryClient = useQueryClient()
  return async () => {
    close()
    notifications.show({ message: said })
    await queryClient.invalidateQueries({ queryKey: ['group', group] })
  }
}

const dayMinutes = 24 * 60

function Regenerate({ group, isRunning }: { readonly group: string; readonly isRunning: boolean }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const demand = useDemand(group, 'regenerateCertificates')
  const [scope, setScope] = useState('all')
  const [days, setDays] = useState<number | string>(7)
  const started = useStarted(group, 'The new keys are announced to the connectors.', close)
  const run = async (consent: Consent) => {
    await ask('POST', path`/api/groups/${group}/certificates/regenerate`, {
      body: { ...consent, scope, graceMinutes: Math.round(Number(days) * dayMinutes) },
    })
    await started()
  }
  return (
    <Section
      title="Regenerate certificates"
      says="New keys for the group, while everything goes on: connectors learn them first, then they sign, and the old ones end with the grace. No request fails."
    >
      <Row gap="sm">
        <Button variant="default" disabled={isRunning} onClick={open}>
          Regenerate certificates
        </Button>
        {isRunning && (
          <Text size="sm" c="dimmed">
            Keys are being replaced already. Wait until that has ended.
          </Text>
        )}
      </Row>
      <ConsentDialog
        title="Regenerate the certificates?"
        isOpen={isOpen}
        onClose={close}
        doIt="Regenerate"
        keepIt="Keep the old ones"
        demand={demand}
        run={run}
      >
        <Radio.Group label="What is replaced" value={scope} onChange={setScope}>
          <Stack gap="xs" mt={4}>
            <Radio
              value="all"
              label="Everything"
              description="The authority of the group, the console’s key, and every connector’s certificate."
            />
            <Radio value="signing" label="Only the key that signs requests" description="The authority stays." />
          </Stack>
        </Radio.Group>
        <NumberInput
          label="Days of grace"
          description="So long the old keys count, for connectors that are away. One that is away longer has to be enrolled again."
          min={0}
          max={90}
          value={days}
          onChange={setDays}
        />
      </ConsentDialog>
    </Section>
  )
}

function RevokeNow({ group }: { readonly group: string }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const demand = useDemand(group, 'revokeKeys')
  const started = useStarted(group, 'The old keys are distrusted. Connectors learn the new ones now.', close)
  const run = async (consent: Consent) => {
    await ask('POST', path`/api/groups/${group}/certificates/revoke-now`, { body: consent })
    await started()
  }
  return (
    <Section
      title="A key may be stolen?"
      says="Revoke the keys of this group at once. Calls wait for seconds until connectors have new ones; installers and codes made before are worth nothing."
    >
      <Button color="red" className="is-grave-filled" onClick={open}>
        Revoke now
      </Button>
      <ConsentDialog
        title="Revoke the keys of this group now?"
        isOpen={isOpen}
        onClose={close}
        doIt="Revoke them now"
        keepIt="Keep them"
        demand={demand}
        run={run}
      >
        <Notice
          about="failed"
          says="Use this only if a key may be in the wrong hands."
          fix="Otherwise regenerate: that fails no request. A connector that is away for longer than a week has to be enrolled again."
        />
      </ConsentDialog>
    </Section>
  )
}
