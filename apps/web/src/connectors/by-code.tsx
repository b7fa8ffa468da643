/**
 * A connector invited by a code.
 *
 * @module
 */
import { Stack, Text, TextInput } from '@mantine/core'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import type { EnrollmentCode } from '../api/shapes.ts'
import { useChange } from '../parts/change.ts'
import { CopyLine } from '../parts/copy-line.tsx'
import { PageForm } from '../parts/submit-form.tsx'
import { moment } from '../text/time.ts'
import { RootForRelay } from './root-for-relay.tsx'

export function ByCode({ group, onMade }: { readonly group: string; readonly onMade: () => void }) {
  const [name, setName] = useState('')
  const make = useChange(
    () =>
      ask<EnrollmentCode>('POST', path`/api/groups/${group}/enrollment-codes`, { body: { name, validMinutes: 60 } }),
    { first: onMade },
  )
  if (make.data === undefined) {
    return (
      <PageForm of={make} onSubmit={() => make.mutate()} doIt="Make a code">
        <TextInput
          label="Name of the connector"
          description="As you will see it here. Empty: the name of its server."
          maxLength={128}
          value={name}
          onChange={(event) => setName(event.currentTarget.value)}
        />
      </PageForm>
    )
  }
  const { code, command, expiresAt } = make.data
  return (
    <Stack gap="md">
      <CopyLine title="1. On the server, save this code in a file that only you can read" value={code} />
      <CopyLine title="2. There, run this with the name of the file" value={command} />
      <CopyLine title="3. Start it" value="sallygate connector run" />
      <RootForRelay />
      <Text size="sm" c="dimmed">
        The code works once, until {moment(expiresAt)}, and is not shown again.
      </Text>
    </Stack>
  )
}
