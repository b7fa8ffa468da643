/**
 * Which way a service is reached, and by which address a connector reaches the relay.
 *
 * @module
 */
import { SegmentedControl, Stack, Text } from '@mantine/core'
import type { UseFormReturnType } from '@mantine/form'
import { useQuery } from '@tanstack/react-query'
import { useId } from 'react'
import { relayQuery } from '../api/queries.ts'
import type { CloudConnectorFields, Route } from './cloud-connector-fields.ts'
import { ChoiceLine, type ChoiceLineProps } from '../parts/choice-line.tsx'
import { may, useSession } from '../shell/session.ts'

interface RelayUrlProps {
  readonly form: UseFormReturnType<CloudConnectorFields>
  readonly label: React.ReactNode
  readonly isEditable: boolean
}

export function RelayUrl({ form, label, isEditable }: RelayUrlProps) {
  const id = useId()
  const session = useSession()
  const relay = useQuery({ ...relayQuery, enabled: may(session, 'relay:read') })
  const choice = form.values.relayUrlChoice
  const url = choice === 'internal' ? relay.data?.internalUrl : relay.data?.externalUrl
  return (
    <Stack gap={6}>
      <Text size="sm" id={id}>
        {label}
      </Text>
      <SegmentedControl
        aria-labelledby={id}
        className="start"
        disabled={!isEditable}
        value={choice}
        onChange={(chosen) => form.setFieldValue('relayUrlChoice', chosen as typeof choice)}
        data={[
          { value: 'external', label: 'External URL' },
          { value: 'internal', label: 'Internal URL' },
        ]}
      />
      <Text size="sm" c="dimmed" className="outside">
        {choice === 'internal'
          ? 'For connectors that stand in the network of the relay and cannot resolve its external name.'
          : 'Fits most: connectors reach the relay by its public name.'}
        {url !== undefined && ` Now: ${url}`}
      </Text>
    </Stack>
  )
}

const routes = [
  { value: 'connectors', label: 'Connectors' },
  { value: 'direct', label: 'Direct' },
  { value: 'off', label: 'Off' },
] as const

export function ServiceRoute(line: Omit<ChoiceLineProps<Route>, 'choices'>) {
  return <ChoiceLine {...line} choices={routes} />
}
