/**
 * A secret for an inventory agent, shown once.
 *
 * @module
 */
import { Button, Group as Row, NumberInput, Stack, TextInput } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { MadeAgentSecret } from '../api/source-shapes.ts'
import { CopyLine } from '../parts/copy-line.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'

export function NewSecret({ group, onDone }: { readonly group: string; readonly onDone: () => void }) {
  const queryClient = useQueryClient()
  const [name, setName] = useState('')
  const [days, setDays] = useState<number | string>('')
  const make = useMutation({
    mutationFn: () =>
      ask<MadeAgentSecret>('POST', path`/api/groups/${group}/agent-secrets`, {
        body: { name, ...(days === '' ? {} : { days: Number(days) }) },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['group', group, 'agent-secrets'] }),
  })
  if (make.data !== undefined) {
    return (
      <Stack gap="md">
        <Notice
          about="warning"
          says="This is the only time the secret is shown."
          fix="Agents send it as the password of Basic, with any user."
        />
        <CopyLine title="Secret" value={make.data.secret} />
        <CopyLine title="Server of the agent" value={`${window.location.origin}${make.data.path}`} />
        <Row justify="flex-end">
          <Button onClick={onDone}>I have it</Button>
        </Row>
      </Stack>
    )
  }
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        make.mutate()
      }}
    >
      <Stack gap="md">
        <TextInput
          label="Name"
          description="For which agents it is."
          required
          withAsterisk={false}
          maxLength={100}
          data-autofocus
          autoComplete="off"
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <NumberInput
          label="Good for, in days"
          description="Empty: until it is revoked."
          min={1}
          max={3660}
          allowDecimal={false}
          value={days}
          onChange={setDays}
        />
        {make.isError && <FailureNotice error={make.error} />}
        <Row justify="flex-end">
          <Button type="submit" loading={make.isPending}>
            Make the secret
          </Button>
        </Row>
      </Stack>
    </form>
  )
}
