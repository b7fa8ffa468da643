/**
 * A service that is turned off in a group.
 *
 * @module
 */
import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { ask, path } from '../api/client.ts'
import { ConsentDialog } from '../parts/consent-dialog.tsx'
import { Section } from '../parts/section.tsx'
import type { ServiceName } from './service-query.ts'

export interface TurnOffProps {
  readonly group: string
  readonly service: ServiceName
  /** `the directory`. */
  readonly what: string
  /** What it means, and what is lost. */
  readonly says: string
}

export function TurnOff({ group, service, what, says }: TurnOffProps) {
  const [isOpen, { open, close }] = useDisclosure(false)
  return (
    <Section title="Turn off" says={says}>
      <Button variant="outline" className="is-grave" onClick={open}>
        Turn {what} off
      </Button>
      <ConsentDialog
        title={`Turn ${what} off?`}
        isOpen={isOpen}
        onClose={close}
        demand="none"
        doIt="Turn it off"
        keepIt="Keep it on"
        run={() => ask('DELETE', path`/api/groups/${group}/services/${service}`)}
        says={`In this group ${what} is off.`}
        renews={[['group']]}
      >
        <Text size="sm">
          Connectors stop using it at once. To turn it on again you have to enter its settings and passwords again.
        </Text>
      </ConsentDialog>
    </Section>
  )
}
