/**
 * A template with its variables, and the mail it makes: first of the examples, then of what was typed.
 *
 * @module
 */
import { Button, SegmentedControl, Stack, Text, TextInput } from '@mantine/core'
import { keepPreviousData, useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { MailPreview, MailTemplate } from '../api/mail-shapes.ts'
import { Answer } from '../parts/answer.tsx'
import { Section } from '../parts/section.tsx'
import { visible } from '../text/directory-text.ts'
import { titleOfTemplate } from './words.ts'

type Values = Readonly<Record<string, string>>

export interface TemplatePreviewProps {
  readonly group: string
  readonly template: MailTemplate
}

export function TemplatePreview({ group, template }: TemplatePreviewProps) {
  const [values, setValues] = useState<Values>({})
  const [shown, setShown] = useState<Values>({})
  const preview = useQuery({
    queryKey: ['group', group, 'mail', 'templates', template.name, 'preview', shown],
    queryFn: ({ signal }) =>
      ask<MailPreview>('POST', path`/api/groups/${group}/mail/templates/${template.name}/preview`, {
        body: { variables: Object.fromEntries(Object.entries(shown).filter(([, value]) => value !== '')) },
        signal,
      }),
    placeholderData: keepPreviousData,
  })
  return (
    <>
      <Section title={titleOfTemplate(template.name)} says={template.says}>
        <form
          onSubmit={(event) => {
            event.preventDefault()
            setShown(values)
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
            <Button type="submit" className="start" loading={preview.isPlaceholderData}>
              Show it
            </Button>
          </Stack>
        </form>
      </Section>
      <Answer of={preview}>{(mail) => <Shown preview={mail} />}</Answer>
    </>
  )
}

/** As text only: what a mail is made of is no markup of this page. */
function Shown({ preview }: { readonly preview: MailPreview }) {
  const [form, setForm] = useState('text')
  return (
    <Section
      title="As it would arrive"
      says="Variables nobody filled in hold their examples."
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
