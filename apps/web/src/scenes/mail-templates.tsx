/**
 * What mails say: the templates, with their variables, as they would arrive.
 *
 * @module
 */
import { Select, Stack } from '@mantine/core'
import { useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { MailPage } from '../mail/mail-page.tsx'
import { templatesQuery } from '../mail/queries.ts'
import { TemplatePreview } from '../mail/template-preview.tsx'
import { titleOfTemplate } from '../mail/words.ts'
import { Answer } from '../parts/answer.tsx'

const route = getRouteApi('/shell/groups/$group')

export function MailTemplatesScene() {
  const { group } = route.useParams()
  const templates = useQuery(templatesQuery(group))
  const [chosen, setChosen] = useState<string>()
  return (
    <MailPage
      group={group}
      says="Fixed texts with fixed variables: what a variable holds is always text, never markup."
    >
      <Answer of={templates}>
        {(all) => {
          const template = all.find(({ name }) => name === chosen) ?? all[0]
          return (
            <Stack gap="lg">
              <Select
                label="Template"
                maw={320}
                allowDeselect={false}
                data={all.map(({ name }) => ({ value: name, label: titleOfTemplate(name) }))}
                value={template?.name ?? null}
                onChange={(name) => setChosen(name ?? undefined)}
              />
              {template !== undefined && <TemplatePreview key={template.name} group={group} template={template} />}
            </Stack>
          )
        }}
      </Answer>
    </MailPage>
  )
}
