/**
 * Connect your network: relay, connector, directory, and the first green check, one after the other.
 *
 * @module
 */
import { Paper, Stack, Stepper, Text } from '@mantine/core'
import { useMediaQuery } from '@mantine/hooks'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { connectorsQuery, statusQuery } from '../api/queries.ts'
import { serviceQuery } from '../services/service-query.ts'
import { Waiting } from '../parts/answer.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { LinkButton } from '../parts/link-button.tsx'
import { Page } from '../parts/page.tsx'
import { DirectoryForm } from '../directory/directory-form.tsx'
import { ServiceTest } from '../services/service-test.tsx'
import { Invitation } from './invitation.tsx'
import { RelayForm } from './relay.tsx'

const route = getRouteApi('/shell/groups/$group')

export function ConnectScene() {
  const { group } = route.useParams()
  const status = useQuery(statusQuery)
  const connectors = useQuery(connectorsQuery(group))
  const directory = useQuery(serviceQuery(group, 'directory'))
  const isNarrow = useMediaQuery('(max-width: 47.99em)')
  const failed = [status, connectors, directory].find(({ isError }) => isError)
  const isReady = status.data !== undefined && connectors.data !== undefined && directory.data !== undefined
  // Where one stands is read from what is there, so that a reload or a second person continues.
  const step = !isReady
    ? 0
    : status.data.relay.state === 'off'
      ? 0
      : !connectors.data.some(({ state }) => state === 'live')
        ? 1
        : directory.data.settings === null
          ? 2
          : 3
  return (
    <Page
      title="Connect your network"
      says="Nothing has to be let in: a connector inside dials out to the relay, and the console reaches your directory through it."
    >
      <Stack gap="lg">
        {failed !== undefined && <FailureNotice error={failed.error} />}
        <Stepper
          active={step}
          size="sm"
          orientation={isNarrow ? 'vertical' : 'horizontal'}
          allowNextStepsSelect={false}
        >
          <Stepper.Step label="Relay" description="the meeting point" />
          <Stepper.Step label="Connector" description="inside your network" />
          <Stepper.Step label="Directory" description="where it is" />
          <Stepper.Step label="First check" description="all the way" />
        </Stepper>
        {!isReady ? (
          <Waiting />
        ) : (
          <Paper>
            {step === 0 && <RelayForm />}
            {step === 1 && <Invitation group={group} />}
            {step === 2 && <DirectoryForm group={group} service={directory.data} />}
            {step === 3 && (
              <Stack gap="md">
                <Text size="sm">Now see a question cross the gate: to your directory and back.</Text>
                <ServiceTest group={group} isFirst />
                <div>
                  <LinkButton to="/groups/$group/overview" params={{ group }} isSmall>
                    To the overview
                  </LinkButton>
                </div>
              </Stack>
            )}
          </Paper>
        )}
      </Stack>
    </Page>
  )
}
