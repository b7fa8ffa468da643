/**
 * An admin who leaves: disabled, enabled again, or removed.
 *
 * @module
 */
import { Button, Group as Row, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useQueryClient } from '@tanstack/react-query'
import { useNavigate } from '@tanstack/react-router'
import type { ReactNode } from 'react'
import { ask, path } from '../api/client.ts'
import type { Admin } from '../api/access-shapes.ts'
import { ConsentDialog } from '../parts/consent-dialog.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { useDemand } from '../settings/restricted-actions.ts'
import { visible } from '../text/directory-text.ts'
import { useAdminChange } from './change.ts'

export function Leaving({ admin }: { readonly admin: Admin }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const navigate = useNavigate()
  const queryClient = useQueryClient()
  const name = visible(admin.name)
  const demand = useDemand(admin.group, 'removeAdministrator')
  const toggle = useAdminChange(
    () => ask('PUT', path`/api/admins/${admin.id}`, { body: { isDisabled: !admin.isDisabled } }),
    admin.isDisabled ? `${name} may sign in again.` : `${name} is signed out and cannot sign in.`,
  )
  return (
    <Section title="Disable or remove">
      <Stack gap="sm">
        <Line says="Disabled: signed out at once, and kept with its roles.">
          <Button variant="default" loading={toggle.isPending} onClick={() => toggle.mutate()}>
            {admin.isDisabled ? 'Enable' : 'Disable'}
          </Button>
        </Line>
        <Line says="Removed: gone for good. The audit keeps what was done under this name.">
          <Button variant="outline" className="is-grave" onClick={open}>
            Remove
          </Button>
        </Line>
        {toggle.isError && <FailureNotice error={toggle.error} />}
      </Stack>
      <ConsentDialog
        title={`Remove ${name}?`}
        isOpen={isOpen}
        onClose={close}
        doIt="Remove for good"
        demand={demand}
        run={(consent) => ask('POST', path`/api/admins/${admin.id}/remove`, { body: consent })}
        first={async () => {
          await navigate({ to: '/admins' })
          queryClient.removeQueries({ queryKey: ['admins', admin.id] })
        }}
        says={`${name} is removed.`}
        renews={[['admins']]}
      >
        <Text size="sm">
          The account is signed out at once and cannot be brought back. What it did stays in the audit.
        </Text>
      </ConsentDialog>
    </Section>
  )
}

function Line({ says, children }: { readonly says: string; readonly children: ReactNode }) {
  return (
    <Row gap="sm" wrap="nowrap" justify="space-between">
      <Text size="sm">{says}</Text>
      {children}
    </Row>
  )
}
