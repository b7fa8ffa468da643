/**
 * An organization group that is deleted.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { ask, path } from '../api/client.ts'
import type { Group } from '../api/shapes.ts'
import { ConsentDialog } from '../parts/consent-dialog.tsx'
import { useDemand } from '../settings/restricted-actions.ts'
import { visible } from '../text/directory-text.ts'

export function Delete({ group, onDone }: { readonly group: Group | undefined; readonly onDone: () => void }) {
  const demand = useDemand(group?.id, 'deleteGroup')
  const name = group === undefined ? '' : visible(group.name)
  return (
    <ConsentDialog
      title={`Delete ${name}?`}
      isOpen={group !== undefined}
      onClose={onDone}
      doIt="Delete for good"
      demand={demand}
      run={async (consent) => group && ask('DELETE', path`/api/groups/${group.id}`, { body: consent })}
      says={`${name} is deleted.`}
      renews={[['groups']]}
    >
      <Text size="sm">
        Its settings, open invitations and certificates are gone then. This cannot be taken back. A group with groups
        below it, or with connectors that are not revoked, is not deleted.
      </Text>
    </ConsentDialog>
  )
}
