/**
 * One device: its verdict, what is known of it and by whom, its addresses, and what it was asked to do.
 *
 * @module
 */
import { Stack, Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { DeviceCommands } from '../devices/device-commands.tsx'
import { DeviceFacts, DeviceIdentity } from '../devices/device-facts.tsx'
import { DeviceHistory } from '../devices/device-history.tsx'
import { DeviceMacs } from '../devices/device-macs.tsx'
import { DeviceVerdict } from '../devices/device-verdict.tsx'
import { deviceQuery } from '../devices/queries.ts'
import { stateStanding, stateWords } from '../devices/words.ts'
import { Answer } from '../parts/answer.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { useSourceNames } from '../sources/queries.ts'
import { visible } from '../text/directory-text.ts'
import { Actions } from '../devices/device-actions.tsx'

const route = getRouteApi('/shell/groups/$group/devices/$device')

export function DeviceScene() {
  const { group, device: id } = route.useParams()
  const device = useQuery(deviceQuery(id))
  const sourceNames = useSourceNames(device.data?.group)
  const session = useSession()
  const now = useNow()
  return (
    <Page
      title={device.data === undefined ? 'Device' : visible(device.data.name)}
      says={
        <>
          <TextLink to="/groups/$group/devices" params={{ group }}>
            All devices
          </TextLink>{' '}
          {device.data !== undefined && (
            <StandingWord standing={stateStanding(device.data.state)}>{stateWords[device.data.state]}</StandingWord>
          )}
        </>
      }
      actions={
        device.data !== undefined && may(session, 'devices:edit') && <Actions device={device.data} group={group} />
      }
    >
      <Answer of={device}>
        {(data) => (
          <Tabs key={id} defaultValue="posture" keepMounted={false}>
            <Tabs.List mb="md">
              <Tabs.Tab value="posture">Posture</Tabs.Tab>
              <Tabs.Tab value="commands">Commands</Tabs.Tab>
              <Tabs.Tab value="history">History</Tabs.Tab>
            </Tabs.List>
            <Tabs.Panel value="posture">
              <Stack gap="lg">
                <DeviceVerdict device={data} now={now} />
                <DeviceIdentity device={data} now={now} sourceNames={sourceNames} />
                <DeviceMacs macs={data.macs} now={now} />
                <DeviceFacts device={data} now={now} sourceNames={sourceNames} />
              </Stack>
            </Tabs.Panel>
            <Tabs.Panel value="commands">
              <DeviceCommands device={data} now={now} />
            </Tabs.Panel>
            <Tabs.Panel value="history">
              <DeviceHistory device={id} />
            </Tabs.Panel>
          </Tabs>
        )}
      </Answer>
    </Page>
  )
}
