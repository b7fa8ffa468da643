/**
 * A connector that is not believed any more.
 *
 * @module
 */
import { Button, Text } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { ask, path } from '../api/client.ts'
import type { Connector } from '../api/shapes.ts'
import { ConsentDialog } from '../parts/consent-dialog.tsx'
import { useDemand } from '../settings/restricted-actions.ts'
import { may, useSession } from '../shell/session.ts'
import { visible } from '../text/directory-text.ts'

export function Revoke({ group, connector }: { readonly group: string; readonly connector: Connector }) {
  const [isOpen, { open, close }] = useDisclosure(false)
  const session = useSession()
  const demand = useDemand(group, 'revokeConnector')
  const name = visible(connector.name)
  if (connector.state === 'revoked' || !may(session, 'connectors:edit')) return null
  return (
    <>
      <Button color="red" variant="outline" className="is-grave" onClick={open}>
        Revoke
      </Button>
      <ConsentDialog
        title={`Revoke ${name}?`}
        isOpen={isOpen}
        onClose={close}
        doIt="Revoke for good"
        demand={demand}
        run={(consent) => ask('POST', path`/api/groups/${group}/connectors/${connector.id}/revoke`, { body: consent })}
        says={`${name} is revoked. Its session is cut.`}
        renews={[['group', group]]}
      >
        <Text size="sm">
          Its session is cut within seconds, and it is refused from then on. This cannot be taken back: to use that
          server again, invite it again.
        </Text>
      </ConsentDialog>
    </>
  )
}
