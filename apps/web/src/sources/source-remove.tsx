/**
 * An MDM server that is asked no more.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { ask, path } from '../api/client.ts'
import type { MdmSource } from '../api/source-shapes.ts'
import { ConsentDialog } from '../parts/consent-dialog.tsx'
import { visible } from '../text/directory-text.ts'

export interface RemoveProps {
  readonly group: string
  /** Which one; missing: nobody asks. */
  readonly source: MdmSource | undefined
  readonly onClose: () => void
}

export function Remove({ group, source, onClose }: RemoveProps) {
  const name = source === undefined ? '' : visible(source.name)
  return (
    <ConsentDialog
      title={`Remove ${name}?`}
      isOpen={source !== undefined}
      onClose={onClose}
      doIt="Remove it"
      demand="none"
      run={async () => source && ask('DELETE', path`/api/groups/${group}/sources/${source.id}`)}
      says={`${name} is removed.`}
      renews={[['group', group, 'sources']]}
    >
      <Text size="sm">It is not asked any more. What it said of devices stays until it is no longer fresh.</Text>
    </ConsentDialog>
  )
}
