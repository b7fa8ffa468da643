/**
 * Replacing the keys of a group: in peace, while everything goes on, or at once, because one may be stolen.
 *
 * @module
 */
import { queryOptions, useQuery } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { PastRotation, Rotation } from '../api/certificate-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { DataTable } from '../parts/data-table.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { moment } from '../text/time.ts'
import { causes, Progress } from '../certificates/rotation-progress.tsx'
import { Regenerate, RevokeNow } from '../certificates/rotation-start.tsx'

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
