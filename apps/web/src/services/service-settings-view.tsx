/**
 * The settings of a service with what belongs to them: who could carry it, the form, and turning it off.
 *
 * @module
 */
import { Paper, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import type { ReactNode } from 'react'
import type { Service } from '../api/service-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { may, useSession } from '../shell/session.ts'
import { CarrierNotice } from './carrier-notice.tsx'
import { serviceQuery } from './service-query.ts'
import { TurnOff, type TurnOffProps } from './turn-off.tsx'

export interface ServiceSettingsViewProps extends TurnOffProps {
  readonly children: (service: Service) => ReactNode
}

export function ServiceSettingsView({ children, ...off }: ServiceSettingsViewProps) {
  const { group, service: name } = off
  const session = useSession()
  const service = useQuery(serviceQuery(group, name))
  return (
    <Answer of={service}>
      {(data) => (
        <Stack gap="lg">
          <CarrierNotice group={group} service={name} />
          <Paper>{children(data)}</Paper>
          {data.settings !== null && may(session, 'services:edit') && <TurnOff {...off} />}
        </Stack>
      )}
    </Answer>
  )
}
