/**
 * NAC: who asks about devices, with which accounts, how fast, and by which certificate they believe the answers.
 *
 * @module
 */
import { Tabs } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { groupsQuery } from '../api/queries.ts'
import { treeOf } from '../groups/tree.ts'
import { Accounts } from '../nac/accounts.tsx'
import { Activity } from '../nac/activity.tsx'
import { NacCertificate } from '../nac/certificate.tsx'
import { NacSettingsForm } from '../nac/nac-settings.tsx'
import { Probe } from '../nac/probe.tsx'
import { RandomMacReport } from '../nac/random-macs.tsx'
import { Page } from '../parts/page.tsx'
import { may, useSession } from '../shell/session.ts'

export function NacScene() {
  const session = useSession()
  const groups = useQuery({ ...groupsQuery, enabled: may(session, 'organization-groups:read') })
  const top = treeOf(groups.data ?? []).at(0)?.group.id
  return (
    <Page
      title="NAC"
      says="Network access control asks nac whether a device is known and compliant. nac answers from its own file, also while this console is away."
    >
      <Tabs defaultValue="activity" keepMounted={false}>
        <Tabs.List mb="md">
          <Tabs.Tab value="activity">Clients</Tabs.Tab>
          <Tabs.Tab value="accounts">Accounts</Tabs.Tab>
          <Tabs.Tab value="certificate">Certificate</Tabs.Tab>
          {may(session, 'devices:read') && <Tabs.Tab value="macs">Made-up addresses</Tabs.Tab>}
          {may(session, 'nac:edit') && <Tabs.Tab value="probe">Probe</Tabs.Tab>}
          <Tabs.Tab value="settings">Settings</Tabs.Tab>
        </Tabs.List>
        <Tabs.Panel value="activity">
          <Activity />
        </Tabs.Panel>
        <Tabs.Panel value="accounts">
          <Accounts />
        </Tabs.Panel>
        <Tabs.Panel value="certificate">
          <NacCertificate />
        </Tabs.Panel>
        <Tabs.Panel value="macs">
          <RandomMacReport group={top} />
        </Tabs.Panel>
        <Tabs.Panel value="probe">
          <Probe />
        </Tabs.Panel>
        <Tabs.Panel value="settings">
          <NacSettingsForm />
        </Tabs.Panel>
      </Tabs>
    </Page>
  )
}
