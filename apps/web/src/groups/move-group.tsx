/**
 * Moving a group: first what it would change, then the move.
 *
 * @module
 */
import { Button, Group as Row, Select, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { Group } from '../api/shapes.ts'
import type { Move } from '../api/service-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { useChange } from '../parts/change.ts'
import { ConsentFields, isGiven, noConsent } from '../parts/consent-fields.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { useDemand } from '../settings/restricted-actions.ts'
import { useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { treeOf } from './tree.ts'
import { Effect } from './move-effect.tsx'

const top = ''

export interface MoveGroupProps {
  readonly group: Group
  readonly groups: readonly Group[]
  readonly onDone: () => void
}

export function MoveGroup({ group, groups, onDone }: MoveGroupProps) {
  const [to, setTo] = useState<string>()
  const { hasPin } = useSession()
  const demand = useDemand(group.id, 'moveGroup', 'none')
  const [consent, setConsent] = useState(noConsent)
  const move = (preview: boolean) =>
    ask<Move>('POST', path`/api/groups/${group.id}/move`, {
      body: { to: to === top ? null : to, preview, ...(preview ? {} : consent) },
    })
  const preview = useQuery({
    queryKey: ['move', group.id, to],
    queryFn: () => move(true),
    enabled: to !== undefined,
    gcTime: 0,
    staleTime: 0,
  })
  const doIt = useChange(() => move(false), {
    first: onDone,
    says: `${visible(group.name)} is moved. Its connectors get their settings now.`,
    renews: [['groups'], ['group']],
  })
  const below = new Set(subtree(groups, group.id))
  const places = treeOf(groups).filter((one) => !below.has(one.group.id) && one.group.id !== group.parent)
  return (
    <Stack gap="md">
      <Select
        label="To below"
        description="With everything below it. You see what changes before anything does."
        placeholder="Choose a place"
        data-autofocus
        allowDeselect={false}
        data={[
          ...(group.parent === undefined ? [] : [{ value: top, label: 'The top' }]),
          ...places.map((one) => ({ value: one.group.id, label: visible(one.path) })),
        ]}
        nothingFoundMessage="There is no other place."
        value={to ?? null}
        onChange={(chosen) => setTo(chosen ?? undefined)}
      />
      {to !== undefined && <Answer of={preview}>{(effect) => <Effect effect={effect} group={group} />}</Answer>}
      {preview.data !== undefined && <ConsentFields consent={consent} onChange={setConsent} demand={demand} />}
      {doIt.isError && <FailureNotice error={doIt.error} />}
      <Row justify="flex-end">
        <Button variant="default" onClick={onDone}>
          Leave it where it is
        </Button>
        <Button
          disabled={preview.data === undefined || !isGiven(consent, demand, hasPin)}
          loading={doIt.isPending}
          onClick={() => doIt.mutate()}
        >
          Move it
        </Button>
      </Row>
    </Stack>
  )
}

/** A group, and everything below it: nothing moves below itself. */
function subtree(groups: readonly Group[], root: string): readonly string[] {
  return [root, ...groups.filter(({ parent }) => parent === root).flatMap(({ id }) => subtree(groups, id))]
}
