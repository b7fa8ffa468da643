/**
 * A code for a device to enroll with, shown once.
 *
 * @module
 */
import { Button, Checkbox, Group as Row, Stack, Text, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { ask, path } from '../api/client.ts'
import type { MadeDeviceCode } from '../api/command-shapes.ts'
import { useChange } from '../parts/change.ts'
import { CopyLine } from '../parts/copy-line.tsx'
import { Notice } from '../parts/notice.tsx'
import { PageForm } from '../parts/submit-form.tsx'
import { WholeNumber } from '../parts/whole-number.tsx'
import { moment } from '../text/time.ts'

export function NewCode({ group }: { readonly group: string }) {
  const form = useForm({ initialValues: { label: '', uses: 1, validHours: 72, needsLogin: false } })
  const make = useChange(
    (values: typeof form.values) =>
      ask<MadeDeviceCode>('POST', path`/api/groups/${group}/device-enrollment-codes`, { body: values }),
    { renews: [['group', group, 'device-codes']] },
  )
  if (make.data !== undefined) return <OnTheDevice made={make.data} onAnother={() => make.reset()} />
  return (
    <PageForm of={make} onSubmit={form.onSubmit((values) => make.mutate(values))} doIt="Make a code">
      <TextInput
        label="For whom or what"
        description="As you will see it in the list below."
        maxLength={200}
        {...form.getInputProps('label')}
      />
      <WholeNumber
        label="Devices"
        description="How many it brings in."
        min={1}
        max={10_000}
        {...form.getInputProps('uses')}
      />
      <WholeNumber label="Good for, in hours" min={1} max={8760} {...form.getInputProps('validHours')} />
      <Checkbox
        label="Ask for a directory account too"
        description="Whoever enrolls gives DOMAIN\user and a password, and the directory of this group checks them."
        {...form.getInputProps('needsLogin', { type: 'checkbox' })}
      />
    </PageForm>
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
