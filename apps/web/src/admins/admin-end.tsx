/**
 * When the account of an admin ends.
 *
 * @module
 */
import { Button, Group as Row, Stack } from '@mantine/core'
import { useState } from 'react'
import { dayOf, EndDate, endOfDay } from '../parts/end-date.tsx'
import { ask, path } from '../api/client.ts'
import type { Admin } from '../api/access-shapes.ts'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { useAdminChange } from './change.ts'

export function End({ admin }: { readonly admin: Admin }) {
  const before = admin.expiresAt === undefined ? '' : dayOf(new Date(admin.expiresAt))
  const [day, setDay] = useState(before)
  const save = useAdminChange(
    () => ask('PUT', path`/api/admins/${admin.id}`, { body: { expiresAt: day === '' ? null : endOfDay(day) } }),
    'Saved.',
  )
  return (
    <Section
      title="End"
      says="With the end of that day the account stops working. Never without warning: 14, 7 and 1 days before, the console says so."
    >
      <Stack gap="sm">
        <Row align="flex-end" gap="sm">
          <EndDate label="Ends" description="Empty: never." value={day} onChange={setDay} />
          <Button variant="default" disabled={day === before} loading={save.isPending} onClick={() => save.mutate()}>
            Save
          </Button>
        </Row>
        {save.isError && <FailureNotice error={save.error} />}
      </Stack>
    </Section>
  )
}
