/**
 * The directory service of a group: settings, who runs on them, a test, and a look into it.
 *
 * @module
 */
import { Button, Group, Paper, Stack, Tabs, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ask, path } from '../api/client.ts'
import { directoryQuery } from '../api/queries.ts'
import type { Service } from '../api/service-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { Dialog } from '../parts/dialog.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { Acknowledged } from '../settings/acknowledged.tsx'
import { may, useSession } from '../shell/session.ts'
import { DirectoryForm } from './directory-form.tsx'
import { DirectorySearchBox } from './directory-search.tsx'
import { ServiceTest } from './service-test.tsx'

const route = getRouteApi('/shell/groups/$group')

export function DirectoryScene() {
  const { group } = route.useParams()
  const service = useQuery(directoryQuery(group))
  return (
    <Page
      title="Directory"
      says="Active Directory or another LDAP directory inside your network, reached through the connectors of this group."
    >
      <Answer of={service}>{(data) => <Tabbed key={group} group={group} service={data} />}</Answer>
    </Page>
  )
}

function Tabbed({ group, service }: { readonly group: string; readonly service: Service }) {
  const session = useSession()
  const isOn = service.settings !== null
  const isUnencrypted = service.settings?.['encryption'] === 'none'
  const mayCall = isOn && may(session, 'calls:edit')
  return (
    <Stack gap="md">
      {isUnencrypted && (
        <Notice
          about="failed"
          says="This directory is reached without encryption."
          fix="Passwords can be read on the way between connector and directory. Choose LDAPS or StartTLS below."
        />
      )}
      <Tabs defaultValue={isOn && may(session, 'traces:edit') ? 'test' : 'settings'} keepMounted={false}>
        <Tabs.List mb="md">
          {isOn && <Tabs.Tab value="test">Test</Tabs.Tab>}
          {mayCall && <Tabs.Tab value="search">Search</Tabs.Tab>}
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="test">
          <Stack gap="lg">
            <Acknowledged acknowledged={service.acknowledged} generation={service.generation} />
            <Section title="Test connection">
              <ServiceTest group={group} />
            </Section>
          </Stack>
        </Tabs.Panel>
        <Tabs.Panel value="search">
          <Paper>
            <DirectorySearchBox group={group} />
          </Paper>
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <Stack gap="lg">
            <Paper>
              <DirectoryForm group={group} service={service} />
            </Paper>
            {isOn && may(session, 'services:edit') && <TurnOff group={group} />}
          </Stack>
        </Tabs.Panel>
      </Tabs>
    </Stack>
  )
}

function TurnOff({ group }: { readonly group: string }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const queryClient = useQueryClient()
  const off = useMutation({
    mutationFn: () => ask('DELETE', path`/api/groups/${group}/services/directory`),
    onSuccess: async () => {
      close()
      notifications.show({ message: 'The directory is off in this group.' })
      await queryClient.invalidateQueries({ queryKey: ['group'] })
    },
  })
  return (
    <Section
      title="Turn off"
      says="The directory is not reached any more, here and in groups that inherit these settings. What was set in this group is erased, the bind password included."
    >
      <Button variant="outline" className="is-grave" onClick={open}>
        Turn the directory off
      </Button>
      <Dialog title="Turn the directory off?" isOpen={isOpen} onClose={close}>
        <Stack gap="md">
          <Text size="sm">
            Connectors stop using it at once. To turn it on again you have to enter its settings and the bind password
            again.
          </Text>
          {off.isError && <FailureNotice error={off.error} />}
          <Group justify="flex-end">
            <Button variant="default" onClick={close} data-autofocus>
              Keep it on
            </Button>
            <Button color="red" className="is-grave-filled" loading={off.isPending} onClick={() => off.mutate()}>
              Turn it off
            </Button>
          </Group>
        </Stack>
      </Dialog>
    </Section>
  )
}
