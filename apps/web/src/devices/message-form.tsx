/**
 * A message to the person in front of a device.
 *
 * @module
 */
import { Textarea } from '@mantine/core'
import { useState } from 'react'
import { NameField } from '../parts/name-field.tsx'
import { DialogForm, type SubmitFormProps } from '../parts/submit-form.tsx'

export interface MessageProps extends Pick<SubmitFormProps, 'of'> {
  readonly onSend: (title: string, body: string) => void
}

export function Message({ of, onSend }: MessageProps) {
  const [title, setTitle] = useState('')
  const [body, setBody] = useState('')
  return (
    <DialogForm of={of} onSubmit={() => onSend(title.trim(), body)} doIt="Send" isReady={title.trim() !== ''}>
      <NameField label="Title" maxLength={200} value={title} onChange={setTitle} />
      <Textarea
        label="Text"
        autosize
        minRows={3}
        maxLength={2000}
        value={body}
        onChange={(event) => setBody(event.currentTarget.value)}
      />
    </DialogForm>
  )
}
