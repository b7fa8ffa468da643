/**
 * How far each connector of a group is with a rotation: what a person waits for, by name.
 *
 * @module
 */
import type { Rotation, Store } from '@sallygate/store'
import { isUnder } from '@sallygate/trust'
import type { InstanceBook } from '../connectors/instance-book.ts'
import type { Sessions } from '../connectors/sessions.ts'
import type { GroupAuthorities } from './group-authorities.ts'

export interface ConnectorProgress {
  readonly id: string
  readonly name: string
  readonly isAttached: boolean
  /** It holds a trust set that names the new keys, and has said so. */
  readonly hasAcknowledged: boolean
  /** Its certificate is under the authority of now. */
  readonly hasRenewed: boolean
  /** It needs nothing of the old keys. */
  readonly isDone: boolean
}

export interface ProgressParts {
  readonly store: Pick<Store, 'instances'>
  readonly book: InstanceBook
  readonly sessions: Sessions
  readonly authorities: GroupAuthorities
}

export async function progressOf(
  { group, trustSetNumber, scope, state }: Rotation,
  { store, book, sessions, authorities }: ProgressParts,
): Promise<readonly ConnectorProgress[]> {
  const wanted = trustSetNumber ?? Number.POSITIVE_INFINITY
  const { authority } = await authorities.of(group)
  const isNewAuthority = scope === 'signing' || state !== 'announced'
  // From before this console started, where a connector has not spoken since.
  const stored = new Map((await store.instances.list({ group })).map((one) => [one.id, one.trustSetNumber]))
  return book
    .list(group)
    .filter((entry) => book.isGood(entry))
    .map((entry) => {
      const held = sessions.of(entry.id)?.trustSetNumber ?? stored.get(entry.id) ?? 0
      const hasAcknowledged = held >= wanted
      const hasRenewed = isNewAuthority && isUnder(entry.certificate, authority)
      return {
        id: entry.id,
        name: entry.name,
        isAttached: sessions.isAttached(entry.id),
        hasAcknowledged,
        hasRenewed,
        isDone: hasAcknowledged && hasRenewed,
      }
    })
}
