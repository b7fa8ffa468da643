/**
 * Whom the console writes to, and about what.
 *
 * @module
 */
import { Paper, Stack, TagsInput } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import type { SettingsPage } from '../api/service-shapes.ts'
import { MailPage } from '../mail/mail-page.tsx'
import { Answer } from '../parts/answer.tsx'
import { shownValues } from '../settings/page-values.ts'
import { SettingsFrame } from '../settings/settings-frame.tsx'
import { settingsPageQuery } from '../settings/settings-query.ts'

const route = getRouteApi('/shell/groups/$group')

const matters = [
  ['accounts', 'Accounts that end', 'Of administrators, programs and NACs, some days before.'],
  ['certificates', 'Certificates that end', 'Where they do not renew by themselves in time.'],
  ['directory', 'The sync of the directory', 'A run that is held, and one that keeps failing.'],
] as const
type Matter = (typeof matters)[number][0]
type Fields = Readonly<Record<Matter, readonly string[]>>

const most = 20

function fieldsOf(page: SettingsPage): Fields {
  const values = shownValues(page)
  const of = (name: Matter) => (Array.isArray(values[name]) ? (values[name] as string[]) : [])
  return { accounts: of('accounts'), certificates: of('certificates'), directory: of('directory') }
}

export function MailReadersScene() {
  const { group } = route.useParams()
  const page = useQuery(settingsPageQuery(group, 'notifications'))
  return (
    <MailPage group={group} says="Whom this group wants written to. Nobody is told what is not entered here.">
      <Paper>
        <Answer of={page}>
          {(data) => (
            <SettingsFrame<Fields>
              key={group}
              group={group}
              page={data}
              fieldsOf={fieldsOf}
              valuesOf={(fields) => ({ ...fields })}
              saved="Saved. It holds from the next message on."
            >
              {({ form, label }) => (
                <Stack gap="md">
                  {matters.map(([name, title, says]) => (
                    <TagsInput
                      key={name}
                      label={label(title, name)}
                      description={`${says} Enter an address, press Enter.`}
                      placeholder={form.values[name].length === 0 ? 'nobody' : ''}
                      maxTags={most}
                      value={[...form.values[name]]}
                      onChange={(addresses) =>
                        form.setValues({ ...form.values, [name]: addresses.map((one) => one.trim()) })
                      }
                      error={form.errors[name]}
                    />
                  ))}
                </Stack>
              )}
            </SettingsFrame>
          )}
        </Answer>
      </Paper>
    </MailPage>
  )
}
