/**
 * A rotation that somebody starts: at leisure, or at once.
 *
 * @module
 */
import { Button, Group as Row, NumberInput, Radio, Stack, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useState } from 'react'
import { ask, path } from '../api/client.ts'
import { ConsentDialog } from '../parts/consent-dialog.tsx'
import { Notice } from '../parts/notice.tsx'
import { Section } from '../parts/section.tsx'
import { useDemand } from '../settings/restricted-actions.ts'

const dayMinutes = 24 * 60

export function Regenerate({ group, isRunning }: { readonly group: string; readonly isRunning: boolean }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const demand = useDemand(group, 'regenerateCertificates')
  const [scope, setScope] = useState('all')
  const [days, setDays] = useState<number | string>(7)
  return (
    <Section
      title="Regenerate certificates"
      says="New keys for the group, while everything goes on: connectors learn them first, then they sign, and the old ones end with the grace. No request fails."
    >
      <Row gap="sm">
        <Button variant="default" disabled={isRunning} onClick={open}>
          Regenerate certificates
        </Button>
        {isRunning && (
          <Text size="sm" c="dimmed">
            Keys are being replaced already. Wait until that has ended.
          </Text>
        )}
      </Row>
      <ConsentDialog
        title="Regenerate the certificates?"
        isOpen={isOpen}
        onClose={close}
        doIt="Regenerate"
        keepIt="Keep the old ones"
        demand={demand}
        run={(consent) =>
          ask('POST', path`/api/groups/${group}/certificates/regenerate`, {
            body: { ...consent, scope, graceMinutes: Math.round(Number(days) * dayMinutes) },
          })
        }
        says="The new keys are announced to the connectors."
        renews={[['group', group]]}
      >
        <Radio.Group label="What is replaced" value={scope} onChange={setScope}>
          <Stack gap="xs" mt={4}>
            <Radio
              value="all"
              label="Everything"
              description="The authority of the group, the console’s key, and every connector’s certificate."
            />
            <Radio value="signing" label="Only the key that signs requests" description="The authority stays." />
          </Stack>
        </Radio.Group>
        <NumberInput
          label="Days of grace"
          description="So long the old keys count, for connectors that are away. One that is away longer has to be enrolled again."
          min={0}
          max={90}
          value={days}
          onChange={setDays}
        />
      </ConsentDialog>
    </Section>
  )
}

export function RevokeNow({ group }: { readonly group: string }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const demand = useDemand(group, 'revokeKeys')
  return (
    <Section
      title="A key may be stolen?"
      says="Revoke the keys of this group at once. Calls wait for seconds until connectors have new ones; installers and codes made before are worth nothing."
    >
      <Button color="red" className="is-grave-filled" onClick={open}>
        Revoke now
      </Button>
      <ConsentDialog
        title="Revoke the keys of this group now?"
        isOpen={isOpen}
        onClose={close}
        doIt="Revoke them now"
        keepIt="Keep them"
        demand={demand}
        run={(consent) => ask('POST', path`/api/groups/${group}/certificates/revoke-now`, { body: consent })}
        says="The old keys are distrusted. Connectors learn the new ones now."
        renews={[['group', group]]}
      >
        <Notice
          about="failed"
          says="Use this only if a key may be in the wrong hands."
          fix="Otherwise regenerate: that fails no request. A connector that is away for longer than a week has to be enrolled again."
        />
      </ConsentDialog>
    </Section>
  )
}
