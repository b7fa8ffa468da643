/**
 * A message to the person in front of a device.
 *
 * @module
 */
import { Button, Group as Row, Stack, Textarea, TextInput } from '@mantine/core'
import { useState } from 'react'
import { FailureNotice } from '../parts/notice.tsx'

interface MessageProps {
  readonly isSending: boolean
  readonly error: unknown
  readonly onSend: (title: string, body: string) => void
}

export function Message({ isSending, error, onSend }: MessageProps) {
  const [title, setTitle] = useState('')
  const [body, setBody] = useState('')
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        onSend(title.trim(), body)
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Title"
          required
          withAsterisk={false}
          maxLength={200}
          data-autofocus
          value={title}
          onChange={(event) => setTitle(event.currentTarget.value)}
        />
        <Textarea
          label="Text"
          autosize
          minRows={3}
          maxLength={2000}
          value={body}
          onChange={(event) => setBody(event.currentTarget.value)}
        />
        {error !== null && <FailureNotice error={error} />}
        <Row justify="flex-end">
          <Button type="submit" loading={isSending} disabled={title.trim() === ''}>
            Send
          </Button>
        </Row>
      </Stack>
    </form>
  )
}
