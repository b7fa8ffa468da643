/**
 * Nothing is here, because nothing has been synchronized.
 *
 * @module
 */
import { TextLink } from '../parts/link-button.tsx'

export function NothingYet({ group }: { readonly group: string }) {
  return (
    <>
      Nothing of the directory is kept here yet. See{' '}
      <TextLink to="/groups/$group/directory/sync" params={{ group }}>
        Sync
      </TextLink>{' '}
      for what would come.
    </>
  )
}
