/**
 * The secret of an account: made, and shown once.
 *
 * @module
 */
import { Button, Group as Row, NumberInput, Stack, Text } from '@mantine/core'
import { useMutation, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { MadeNacAccount } from '../api/nac-shapes.ts'
import { CopyLine } from '../parts/copy-line.tsx'
import { FailureNotice, Notice } from '../parts/notice.tsx'
import type { OfAccount } from './accounts.tsx'

export function NewSecret({ account, onDone }: OfAccount) {
  const queryClient = useQueryClient()
  const [hours, setHours] = useState<number | string>(168)
  const rotate = useMutation({
    mutationFn: () =>
      ask<MadeNacAccount>('POST', path`/api/nac/accounts/${account.id}/secret`, {
        body: { overlapHours: Number(hours) },
      }),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ['nac', 'accounts'] }),
  })
  if (rotate.data?.secret !== undefined) return <ShownSecret made={rotate.data} onDone={onDone} />
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        rotate.mutate()
      }}
    >
      <Stack gap="md">
        <Text size="sm">Both secrets work for a while, so that you can change policy nodes one after the other.</Text>
        <NumberInput
          label="The former one works on for, in hours"
          min={0}
          max={2160}
          allowDecimal={false}
          value={hours}
          onChange={setHours}
        />
        {rotate.isError && <FailureNotice error={rotate.error} />}
        <Row justify="flex-end">
          <Button type="submit" loading={rotate.isPending}>
            Make a new secret
          </Button>
        </Row>
      </Stack>
    </form>
  )
}

export function ShownSecret({ made, onDone }: { readonly made: MadeNacAccount; readonly onDone: () => void }) {
  return (
    <Stack gap="md">
      <Notice
        about="warning"
        says="This is the only time the secret is shown."
        fix="Enter it in the NAC now, with the user below."
      />
      <CopyLine title="User" value={made.user} />
      <CopyLine title="Secret" value={made.secret ?? ''} />
      <Row justify="flex-end">
        <Button onClick={onDone}>I have it</Button>
      </Row>
    </Stack>
  )
}
