/**
 * A target that gets no events any more.
 *
 * @module
 */
import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { useNavigate } from '@tanstack/react-router'
import { ask, path } from '../api/client.ts'
import type { ShownTarget } from '../api/syslog-shapes.ts'
import { ConsentDialog } from '../parts/consent-dialog.tsx'
import { Section } from '../parts/section.tsx'
import { visible } from '../text/directory-text.ts'

export function RemoveTarget({ group, shown }: { readonly group: string; readonly shown: ShownTarget }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const navigate = useNavigate()
  const name = visible(shown.name)
  const { waiting } = shown.status
  return (
    <Section title="Remove" says="It gets no events any more, and where it left off is forgotten.">
      <Button variant="outline" className="is-grave" onClick={open}>
        Remove this target
      </Button>
      <ConsentDialog
        title={`Remove ${name}?`}
        isOpen={isOpen}
        onClose={close}
        demand="none"
        doIt="Remove it"
        run={() => ask('DELETE', path`/api/groups/${group}/syslog/targets/${shown.id}`)}
        // Its page is left before anything is asked again: it is not there any more.
        first={() => navigate({ to: '/groups/$group/syslog', params: { group } })}
        says={`${name} is removed.`}
        renews={[['group', group, 'syslog']]}
      >
        <Text size="sm">
          {waiting === 1
            ? '1 event waits for it; it is'
            : `${waiting.toLocaleString('en')} events wait for it; they are`}{' '}
          not sent. The console keeps its own.
        </Text>
      </ConsentDialog>
    </Section>
  )
}
