/**
 * What holds for all of nac.
 *
 * @module
 */
import { Button, Checkbox, Stack, TextInput } from '@mantine/core'
import { useForm } from '@mantine/form'
import { useQuery, useQueryClient } from '@tanstack/react-query'
import { ask, path } from '../api/client.ts'
import type { NacSettings } from '../api/nac-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { useChange } from '../parts/change.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { OnlySeen } from '../parts/only-seen.tsx'
import { Section } from '../parts/section.tsx'
import { WholeNumber } from '../parts/whole-number.tsx'
import { may, useSession } from '../shell/session.ts'
import { nacSettingsQuery } from './queries.ts'

export function NacSettingsForm() {
  const settings = useQuery(nacSettingsQuery)
  return <Answer of={settings}>{(stored) => <Form stored={stored} />}</Answer>
}

function Form({ stored }: { readonly stored: NacSettings }) {
  const queryClient = useQueryClient()
  const mayEdit = may(useSession(), 'nac:edit')
  const form = useForm({ initialValues: { ...stored } })
  const save = useChange((body: NacSettings) => ask<NacSettings>('PUT', path`/api/nac/settings`, { body }), {
    first: (saved) => {
      queryClient.setQueryData(['nac', 'settings'], saved)
      form.setInitialValues({ ...saved })
      form.setValues({ ...saved })
    },
    says: 'Saved. Every nac gets it in a moment.',
  })
  return (
    <form onSubmit={form.onSubmit((values) => save.mutate(values))}>
      <fieldset className="plain settings-fields" disabled={!mayEdit}>
        <Stack gap="lg" maw={720}>
          <Section title="What NACs are told">
            <Stack gap="md">
              <TextInput
                label="Where an unregistered device is led"
                description="redirect_url. Empty: the page of this console that tells how to enroll."
                type="url"
                maxLength={2000}
                {...form.getInputProps('redirectUrl')}
              />
              <WholeNumber
                label="Devices in one answer"
                description="query_max_size, 1 to 20000."
                min={1}
                max={20_000}
                className="short-field"
                {...form.getInputProps('queryMaxSize')}
              />
              <WholeNumber
                label="When busy, ask again after, in seconds"
                description="server_busy_wait_seconds."
                min={0}
                max={3600}
                className="short-field"
                {...form.getInputProps('serverBusyWaitSeconds')}
              />
            </Stack>
          </Section>
          <Section title="What NACs may ask of devices" says="Each account needs the right to edit as well.">
            <Stack gap="md">
              <Checkbox label="Messages" {...form.getInputProps('messaging', { type: 'checkbox' })} />
              <Checkbox
                label="Full wipe"
                description="Everything on the device, by accounts that may. The device settings of its group have to allow it too."
                {...form.getInputProps('fullWipe', { type: 'checkbox' })}
              />
              <WholeNumber
                label="Actions of one account a minute, at most"
                min={0}
                max={10_000}
                className="short-field"
                {...form.getInputProps('actionsPerMinute')}
              />
              <WholeNumber
                label="Unknown devices of one account a minute, at most"
                description="Above this somebody is trying addresses: he is slowed down, and you are told."
                min={1}
                max={1_000_000}
                className="short-field"
                {...form.getInputProps('missesPerMinute')}
              />
            </Stack>
          </Section>
          {save.isError && <FailureNotice error={save.error} />}
          {mayEdit ? (
            <Button type="submit" className="start" loading={save.isPending} disabled={!form.isDirty()}>
              Save
            </Button>
          ) : (
            <OnlySeen what="these settings" />
          )}
        </Stack>
      </fieldset>
    </form>
  )
}
