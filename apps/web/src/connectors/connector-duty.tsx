/**
 * What work a connector takes, and how much of it.
 *
 * @module
 */
import { Button, Group, SegmentedControl, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useId, useState } from 'react'
import { ask, path } from '../api/client.ts'
import { connectorQuery } from '../api/queries.ts'
import type { Connector, Work } from '../api/shapes.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { WholeNumber } from '../parts/whole-number.tsx'
import { may, useSession } from '../shell/session.ts'

/** What it is to do, which is not always what it does yet. */
const works: readonly { readonly value: Work; readonly label: string; readonly says: string }[] = [
  { value: 'active', label: 'Active', says: 'It takes its share of the work.' },
  { value: 'draining', label: 'Drain', says: 'It finishes what it has and gets nothing new.' },
  {
    value: 'maintenance',
    label: 'Maintenance',
    says: 'It gets no work until you make it active again, also after a restart. Tests and settings still reach it.',
  },
]

export function Duty({ group, connector }: { readonly group: string; readonly connector: Connector }) {
  const id = useId()
  const session = useSession()
  const queryClient = useQueryClient()
  const { state, weight } = connector.wanted
  const [typed, setTyped] = useState<number | string>(weight)
  const change = useMutation({
    mutationFn: (wanted: { readonly state?: Work; readonly weight?: number }) =>
      ask<Connector>('PUT', path`/api/groups/${group}/connectors/${connector.id}`, { body: wanted }),
    onSuccess: async (answer) => {
      setTyped(answer.wanted.weight)
      queryClient.setQueryData(connectorQuery(group, connector.id).queryKey, answer)
      await queryClient.invalidateQueries({ queryKey: ['group', group] })
    },
  })
  const mayEdit = may(session, 'connectors:edit')
  const shown = change.isPending ? (change.variables.state ?? state) : state
  return (
    <Section title="Work">
      <Stack gap="md">
        <Stack gap={6}>
          <Text size="sm" fw={600} id={`${id}-work`}>
            What it is to do
          </Text>
          <SegmentedControl
            aria-labelledby={`${id}-work`}
            className="start"
            disabled={!mayEdit}
            value={shown}
            onChange={(chosen) => change.mutate({ state: chosen as Work })}
            data={works.map(({ value, label }) => ({ value, label }))}
          />
          <Text size="sm" c="dimmed" role="status">
            {works.find(({ value }) => value === shown)?.says}
            {shown !== 'active' && connector.inFlight > 0 && ` Still ${connector.inFlight} in flight.`}
            {shown !== 'active' && connector.inFlight === 0 && ' Nothing is in flight.'}
          </Text>
        </Stack>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            change.mutate({ weight: Number(typed) })
          }}
        >
          <Group align="flex-end" gap="xs">
            <WholeNumber
              label="Weight"
              description="Its share against the other connectors of the group, 1 to 100."
              min={1}
              max={100}
              disabled={!mayEdit}
              value={typed}
              onChange={setTyped}
              w={300}
            />
            <Button
              type="submit"
              variant="default"
              disabled={!mayEdit || typed === '' || Number(typed) === weight}
              loading={change.isPending && change.variables.weight !== undefined}
            >
              Set weight
            </Button>
          </Group>
        </form>
        {change.isError && <FailureNotice error={change.error} />}
      </Stack>
    </Section>
  )
}
