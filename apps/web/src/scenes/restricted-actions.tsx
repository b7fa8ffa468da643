/**
 * Restricted actions of a group: what is asked for before something that cannot be undone.
 *
 * @module
 */
import { Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { Answer } from '../parts/answer.tsx'
import { ChoiceLine } from '../parts/choice-line.tsx'
import { Page } from '../parts/page.tsx'
import { Section } from '../parts/section.tsx'
import {
  actionNames,
  restrictedActionFields,
  restrictedActionsPage,
  restrictedActionValues,
  type RestrictedActionFields,
} from '../settings/restricted-actions.ts'
import { SettingsFrame } from '../settings/settings-frame.tsx'
import { titleOf } from '../trace/hops.ts'
import { settingsPageQuery } from '../settings/settings-query.ts'
import { fieldWords } from '../settings/value-words.ts'

const route = getRouteApi('/shell/groups/$group')

const demands = [
  { value: 'none', label: 'Nothing' },
  { value: 'note', label: 'Reason' },
  { value: 'noteAndPin', label: 'Reason and PIN' },
] as const

export function RestrictedActionsScene() {
  const { group } = route.useParams()
  const page = useQuery(settingsPageQuery(group, restrictedActionsPage))
  return (
    <Page
      title="Restricted actions"
      says="What administrators have to give before something that cannot be undone. Programs are not asked: their role is their consent."
    >
      <Answer of={page}>
        {(data) => (
          <SettingsFrame<RestrictedActionFields>
            key={group}
            group={group}
            page={data}
            fieldsOf={restrictedActionFields}
            valuesOf={restrictedActionValues}
            saved="Saved. It counts from the next action on."
            asksConsent
          >
            {({ form, label, isEditable }) => (
              <Section
                title="Before an administrator may"
                says="Nothing, a reason (and the PIN of whoever has one), or a reason and a PIN: then who has none has to set one first."
              >
                <Stack gap="sm">
                  {titled(Object.keys(form.values)).map(([action, title]) => (
                    <ChoiceLine
                      key={action}
                      choices={demands}
                      title={label(title, action)}
                      value={form.values[action] ?? 'note'}
                      isEditable={isEditable}
                      onChange={(demand) => form.setFieldValue(action, demand)}
                    />
                  ))}
                </Stack>
              </Section>
            )}
          </SettingsFrame>
        )}
      </Answer>
    </Page>
  )
}

function titled(actions: readonly string[]): readonly (readonly [action: string, title: string])[] {
  const known = actionNames.filter(([action]) => actions.includes(action))
  const others = actions.filter((action) => !actionNames.some(([name]) => name === action))
  return [...known, ...others.map((action) => [action, titleOf(fieldWords(action))] as const)]
}
