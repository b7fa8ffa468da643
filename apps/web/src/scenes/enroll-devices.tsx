/**
 * Enroll devices: codes for the agent, and what to do on the device.
 *
 * @module
 */
import { Button, Checkbox, Group as Row, NumberInput, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { notifications } from '@mantine/notifications'
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { ask, path } from '../api/client.ts'
import type { DeviceCode, MadeDeviceCode } from '../api/device-shapes.ts'
import { deviceCodesQuery } from '../devices/queries.ts'
import { Answer } from '../parts/answer.tsx'
import { CopyLine } from '../parts/copy-line.tsx'
import { DataTable, type Column } from '../parts/data-table.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import { useNow } from '../parts/now.ts'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import { StandingWord } from '../parts/standing-word.tsx'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'
import { ago, moment } from '../text/time.ts'

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

function NewCode({ group }: { readonly group: string }) {
  const queryClient = useQueryClient()
  const form = useForm({ initialValues: { label: '', uses: 1, validHours: 72, needsLogin: false } })
  const make = useMutation({
    mutationFn: (values: typeof form.values) =>
      ask<MadeDeviceCode>('POST', path`/api/groups/${group}/device-enrollment-codes`, { body: values }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['group', group, 'device-codes'] }),
  })
  if (make.data !== undefined) return <OnTheDevice made={make.data} onAnother={() => make.reset()} />
  return (
    <form onSubmit={form.onSubmit((values) => make.mutate(values))}>
      <Stack gap="md" maw={420}>
        <TextInput
          label="For whom or what"
          description="As you will see it in the list below."
          maxLength={200}
          {...form.getInputProps('label')}
        />
        <NumberInput
          label="Devices"
          description="How many it brings in."
          min={1}
          max={10_000}
          allowDecimal={false}
          {...form.getInputProps('uses')}
        />
        <NumberInput
          label="Good for, in hours"
          min={1}
          max={8760}
          allowDecimal={false}
          {...form.getInputProps('validHours')}
        />
        <Checkbox
          label="Ask for a directory account too"
          description="Whoever enrolls gives DOMAIN\user and a password, and the directory of this group checks them."
          {...form.getInputProps('needsLogin', { type: 'checkbox' })}
        />
        {make.isError && <FailureNotice error={make.error} />}
        <Button type="submit" loading={make.isPending} className="start">
          Make a code
        </Button>
      </Stack>
    </form>
  )
}

function OnTheDevice({ made, onAnother }: { readonly made: MadeDeviceCode; readonly onAnother: () => void }) {
  const address = window.location.origin
  return (
    <Stack gap="md">
      <Notice
        about="warning"
        says="This is the only time the code is shown."
        fix={`It is good until ${moment(made.expiresAt)}, for ${made.usesLeft === 1 ? 'one device' : `${made.usesLeft} devices`}.`}
      />
      <CopyLine title="Code" value={made.code} />
      <div>
        <Text size="sm" fw={600} mb={4}>
          On the device, as its administrator
        </Text>
        <ol className="steps">
          <li>Install Sallygate, or copy it there.</li>
          <li>
            Run the line below, and type the code when you are asked for it
            {made.needsLogin ? '; then the directory account and its password' : ''}. The console has to be reachable
            from there under this address.
          </li>
          <li>Start its agent: it checks in, and appears in the list of devices at once.</li>
        </ol>
      </div>
      <CopyLine title="To enroll" value={`sallygate hub enroll --console ${address}`} />
      <CopyLine title="To start the agent" value="sallygate hub run" />
      <CopyLine title="A page to send to its user" value={`${address}/enroll-device`} />
      <Row>
        <Button variant="default" onClick={onAnother}>
          Make another code
        </Button>
      </Row>
    </Stack>
  )
}

function Codes({ group }: { readonly group: string }) {
  const session = useSession()
  const codes = useQuery(deviceCodesQuery(group))
  const queryClient = useQueryClient()
  const now = useNow()
  const revoke = useMutation({
    mutationFn: ({ id }: DeviceCode) => ask('DELETE', path`/api/groups/${group}/device-enrollment-codes/${id}`),
    onSuccess: async (_, { label }) => {
      notifications.show({ message: `The code ${label === '' ? '' : `for ${visible(label)} `}is revoked.` })
      await queryClient.invalidateQueries({ queryKey: ['group', group, 'device-codes'] })
    },
  })
  const isOver = ({ revokedAt, usesLeft, expiresAt }: DeviceCode) =>
    revokedAt !== undefined || usesLeft === 0 || new Date(expiresAt) <= now
  const columns: readonly Column<DeviceCode>[] = [
    {
      title: 'For',
      cell: ({ label, needsLogin }) => (
        <>
          {label === '' ? 'nobody named' : visible(label)}
          {needsLogin && (
            <Text size="xs" c="dimmed">
              with a directory account
            </Text>
          )}
        </>
      ),
    },
    {
      title: 'State',
      cell: (code) =>
        code.revokedAt !== undefined ? (
          <StandingWord standing="off">revoked</StandingWord>
        ) : code.usesLeft === 0 ? (
          <StandingWord standing="off">used up</StandingWord>
        ) : (
          <StandingWord standing={isOver(code) ? 'off' : 'ok'}>{isOver(code) ? 'ended' : 'works'}</StandingWord>
        ),
    },
    { title: 'Left', isNumber: true, cell: ({ usesLeft }) => usesLeft },
    { title: 'Ends', cell: ({ expiresAt }) => <time dateTime={expiresAt}>{moment(expiresAt)}</time> },
    { title: 'Last used', cell: ({ lastUsedAt }) => ago(lastUsedAt, now) },
    ...(may(session, 'devices:edit')
      ? [
          {
            title: 'Change',
            cell: (code: DeviceCode) =>
              isOver(code) ? (
                <Text span size="sm" c="dimmed">
                  over
                </Text>
              ) : (
                <Button
                  variant="outline"
                  size="compact-sm"
                  className="is-grave"
                  aria-label={`Revoke the code for ${code.label === '' ? 'nobody named' : visible(code.label)}`}
                  onClick={() => revoke.mutate(code)}
                >
                  Revoke
                </Button>
              ),
          },
        ]
      : []),
  ]
  return (
    <>
      {revoke.isError && <FailureNotice error={revoke.error} />}
      <Answer of={codes}>
        {(all) => (
          <DataTable
            caption="Enrollment codes of devices"
            columns={columns}
            rows={[...all.filter((code) => !isOver(code)), ...all.filter(isOver)]}
            keyOf={({ id }) => id}
            whenEmpty="No code was made in this group yet."
          />
        )}
      </Answer>
    </>
  )
}
