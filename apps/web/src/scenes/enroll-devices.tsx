/**
 * Enroll devices: codes for the agent, and what to do on the device.
 *
 * @module
 */
import { Stack } from '@mantine/core'
import { getRouteApi } from '@tanstack/react-router'
import { TextLink } from '../parts/link-button.tsx'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { may, useSession } from '../shell/session.ts'
import { NewCode } from '../devices/new-device-code.tsx'
import { Codes } from '../devices/device-codes.tsx'

const route = getRouteApi('/shell/groups/$group')

export function EnrollDevicesScene() {
  const { group } = route.useParams()
  const session = useSession()
  return (
    <Page
      title="Enroll devices"
      says={
        <TextLink to="/groups/$group/devices" params={{ group }}>
          All devices
        </TextLink>
      }
    >
      <Stack gap="lg">
        {may(session, 'devices:edit') && (
          <Section title="A new code" says="A device that enrolls with it belongs to this group.">
            <NewCode key={group} group={group} />
          </Section>
        )}
        <Section
          title="Codes"
          says="The codes themselves are not kept. Revoking one changes nothing for devices that used it."
        >
          <Codes group={group} />
        </Section>
        <Section
          title="Other ways in"
          says="Devices that another MDM manages come through it, and FusionInventory, GLPI or OCS agents report with a secret of this group."
        >
          <TextLink to="/groups/$group/sources" params={{ group }}>
            Inventory sources
          </TextLink>
        </Section>
      </Stack>
    </Page>
  )
}
