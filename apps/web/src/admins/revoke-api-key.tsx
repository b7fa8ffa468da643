/**
 * An API key that counts no more.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { ask, path } from '../api/client.ts'
import type { ApiKey } from '../api/access-shapes.ts'
import { ConsentDialog } from '../parts/consent-dialog.tsx'
import { visible } from '../text/directory-text.ts'

export interface RevokeProps {
  /** Which one; missing: nobody asks. */
  readonly apiKey: ApiKey | undefined
  readonly onClose: () => void
}

export function Revoke({ apiKey, onClose }: RevokeProps) {
  const name = apiKey === undefined ? '' : visible(apiKey.name)
  return (
    <ConsentDialog
      title={`Revoke ${name}?`}
      isOpen={apiKey !== undefined}
      onClose={onClose}
      doIt="Revoke for good"
      demand="none"
      run={async () => apiKey && ask('POST', path`/api/api-keys/${apiKey.id}/revoke`, { body: {} })}
      says={`${name} is revoked.`}
      renews={[['api-keys']]}
    >
      <Text size="sm">The program that uses it is refused from its next request on. This cannot be taken back.</Text>
    </ConsentDialog>
  )
}
