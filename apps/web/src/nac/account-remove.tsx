/**
 * An account of a NAC that is removed.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { ask, path } from '../api/client.ts'
import type { NacAccount } from '../api/nac-shapes.ts'
import { ConsentDialog } from '../parts/consent-dialog.tsx'
import { visible } from '../text/directory-text.ts'

export interface RemoveProps {
  /** Which one; missing: nobody asks. */
  readonly account: NacAccount | undefined
  readonly onClose: () => void
}

export function Remove({ account, onClose }: RemoveProps) {
  const user = account === undefined ? '' : visible(account.user)
  return (
    <ConsentDialog
      title={`Remove ${user}?`}
      isOpen={account !== undefined}
      onClose={onClose}
      doIt="Remove for good"
      demand="none"
      run={async () => account && ask('DELETE', path`/api/nac/accounts/${account.id}`)}
      says={`${user} is removed.`}
      renews={[['nac', 'accounts']]}
    >
      <Text size="sm">
        Whoever asks with it is refused from the next moment on: a policy node that uses it learns nothing about any
        device any more.
      </Text>
    </ConsentDialog>
  )
}
