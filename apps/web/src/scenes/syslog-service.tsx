/**
 * The syslog service of a group: what holds for every target, who runs on it, and what went wrong.
 *
 * @module
 */
import { NumberInput, Paper, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Answer } from '../parts/answer.tsx'
import { FormPart } from '../parts/form-part.tsx'
import { Section } from '../parts/section.tsx'
import { CarrierNotice } from '../services/carrier-notice.tsx'
import { RecentFailures } from '../services/recent-failures.tsx'
import { SecondsField } from '../services/seconds-field.tsx'
import { ServiceForm } from '../services/service-form.tsx'
import { serviceQuery } from '../services/service-query.ts'
import { ServiceTest } from '../services/service-test.tsx'
import type { StoredSettings } from '../services/service-settings.ts'
import { TurnOff } from '../services/turn-off.tsx'
import { Acknowledged } from '../settings/acknowledged.tsx'
import type { SettingsParts } from '../settings/settings-frame.tsx'
import { may, useSession } from '../shell/session.ts'
import { SyslogPage } from '../syslog/syslog-page.tsx'

const route = getRouteApi('/shell/groups/$group')

/** As the schema of the service has them. */
const usual = { connectTimeoutMs: 3000, writeTimeoutMs: 10_000, confirmTimeoutMs: 5000, connectionSeconds: 30 } as const
type Name = keyof typeof usual
type Fields = Readonly<Record<Name, number | string>>
const names = Object.keys(usual) as Name[]

const fieldsOf = (stored: StoredSettings | null): Fields =>
  Object.fromEntries(
    names.map((name) => [name, typeof stored?.[name] === 'number' ? stored[name] : usual[name]]),
  ) as Fields

const settingsOf = (fields: Fields, stored: StoredSettings | null): StoredSettings => ({
  ...stored,
  ...Object.fromEntries(names.flatMap((name) => (fields[name] === '' ? [] : [[name, fields[name]] as const]))),
})

export function SyslogServiceScene() {
  const { group } = route.useParams()
  const session = useSession()
  const service = useQuery(serviceQuery(group, 'syslog'))
  return (
    <SyslogPage
      group={group}
      says="What holds for every target: how long the connectors of this group wait for a collector."
    >
      <Answer of={service}>
        {(data) => (
          <Stack gap="lg">
            <CarrierNotice group={group} service="syslog" />
            {data.settings !== null && (
              <>
                <Acknowledged acknowledged={data.acknowledged} generation={data.generation} />
                <Section
                  title="Test connection"
                  says="Whether the connectors of this group take events. Each target has a test of its own, to its collector."
                >
                  <ServiceTest group={group} service="syslog" title="The syslog service" />
                </Section>
              </>
            )}
            <Paper>
              <ServiceForm<Fields>
                key={group}
                group={group}
                service={data}
                name="syslog"
                fieldsOf={fieldsOf}
                settingsOf={settingsOf}
                targets={[]}
              >
                {(parts) => <Times {...parts} />}
              </ServiceForm>
            </Paper>
            <RecentFailures group={group} service="syslog" />
            {data.settings !== null && may(session, 'services:edit') && (
              <TurnOff
                group={group}
                service="syslog"
                what="syslog"
                says="Connectors take no events any more, here and in groups that inherit this. Targets stay, and events wait up to their room."
              />
            )}
          </Stack>
        )}
      </Answer>
    </SyslogPage>
  )
}

function Times({ form, label }: SettingsParts<Fields>) {
  const seconds = (name: Exclude<Name, 'connectionSeconds'>, title: string, max: number) => (
    <SecondsField
      label={label(title, name)}
      max={max}
      ms={form.values[name]}
      onChange={(ms) => form.setFieldValue(name, ms)}
    />
  )
  return (
    <FormPart title="Time-outs">
      <div className="fields-row">
        {seconds('connectTimeoutMs', 'To connect, in seconds', 60)}
        {seconds('writeTimeoutMs', 'To take messages, in seconds', 120)}
      </div>
      <div className="fields-row">
        {seconds('confirmTimeoutMs', 'To end a connection, in seconds', 60)}
        <NumberInput
          label={label('A connection lasts, in seconds', 'connectionSeconds')}
          description="Until it ends, what it carried may have to be sent again."
          min={1}
          max={3600}
          allowDecimal={false}
          {...form.getInputProps('connectionSeconds')}
        />
      </div>
    </FormPart>
  )
}
