/**
 * What mails say: the templates, with their variables, as they would arrive.
 *
 * @module
 */
import { Button, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core'
import { useMutation, useQuery } from '@tanstack/react-query'
import { getRouteApi } from '@tanstack/react-router'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { MailPreview, MailTemplate } from '../api/mail-shapes.ts'
import { MailPage } from '../mail/mail-page.tsx'
import { templatesQuery } from '../mail/queries.ts'
import { Answer } from '../parts/answer.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { visible } from '../text/directory-text.ts'

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
                data={all.map(({ name }) => name)}
                value={template?.name ?? null}
                onChange={(name) => setChosen(name ?? undefined)}
              />
              {template !== undefined && <Template key={template.name} group={group} template={template} />}
            </Stack>
          )
        }}
      </Answer>
    </MailPage>
  )
}

function Template({ group, template }: { readonly group: string; readonly template: MailTemplate }) {
  const [values, setValues] = useState<Readonly<Record<string, string>>>({})
  const preview = useMutation({
    mutationFn: () =>
      ask<MailPreview>('POST', path`/api/groups/${group}/mail/templates/${template.name}/preview`, {
        body: { variables: Object.fromEntries(Object.entries(values).filter(([, value]) => value !== '')) },
      }),
  })
  return (
    <>
      <Section title={template.name} says={template.says}>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            preview.mutate()
          }}
        >
          <Stack gap="md" maw={560}>
            {template.variables.map(({ name, says, example }) => (
              <TextInput
                key={name}
                label={name}
                description={says}
                placeholder={example}
                maxLength={2000}
                value={values[name] ?? ''}
                onChange={(event) => setValues({ ...values, [name]: event.currentTarget.value })}
              />
            ))}
            <Button type="submit" className="start" loading={preview.isPending}>
              Show it
            </Button>
          </Stack>
        </form>
      </Section>
      {preview.isError && <FailureNotice error={preview.error} />}
      {preview.data !== undefined && <Shown preview={preview.data} />}
    </>
  )
}

/** As text only: what a mail is made of is no markup of this page. */
function Shown({ preview }: { readonly preview: MailPreview }) {
  const [form, setForm] = useState('text')
  return (
    <Section
      title="As it would arrive"
      actions={
        <SegmentedControl
          size="xs"
          aria-label="Which form"
          value={form}
          onChange={setForm}
          data={[
            { value: 'text', label: 'Text' },
            { value: 'html', label: 'HTML source' },
          ]}
        />
      }
    >
      <Text fw={600} mb="xs" className="outside">
        {visible(preview.subject)}
      </Text>
      {/* It scrolls, so the keyboard has to reach it. */}
      <pre className={form === 'html' ? 'as-written mono' : 'as-written'} tabIndex={0} aria-label="Text of the mail">
        {form === 'html' ? preview.html : preview.text}
      </pre>
    </Section>
  )
}
