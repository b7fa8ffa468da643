/**
 * The way to a user or a group of the directory, by its name.
 *
 * @module
 */
import type { ObjectKind } from '../api/sync-shapes.ts'
import { TextLink } from '../parts/link-button.tsx'
import { visible } from '../text/directory-text.ts'

export interface ObjectLinkProps {
  readonly group: string
  readonly kind: ObjectKind
  readonly id: string
  readonly name: string
}

export function ObjectLink({ group, kind, id, name }: ObjectLinkProps) {
  // One very long name is no reason for a list of fifty to fill thirty screens.
  const shown = (
    <span className="clamped" title={visible(name)}>
      {visible(name)}
    </span>
  )
  return kind === 'user' ? (
    <TextLink to="/groups/$group/directory/users/$user" params={{ group, user: id }} isStrong>
      {shown}
    </TextLink>
  ) : (
    <TextLink to="/groups/$group/directory/groups/$directoryGroup" params={{ group, directoryGroup: id }} isStrong>
      {shown}
    </TextLink>
  )
}
