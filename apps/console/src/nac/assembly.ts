/**
 * Everything of the console about nac, made in order and connected.
 *
 * @module
 */
import { every, type Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Store } from '@sallygate/store'
import { Delegation } from '../admins/delegation.ts'
import { DirectoryVerifier, type DirectoryVerifierParts } from '../admins/directory-verifier.ts'
import type { Installation } from '../certificates/installation.ts'
import type { CommandPort } from '../devices/ports.ts'
import type { Events } from '../events/events.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { NacAccounts } from './accounts.ts'
import { ActionDesk } from './action-desk.ts'
import { CertificateDesk } from './certificate-desk.ts'
import { FactsDesk } from './facts-desk.ts'
import { FeedDesk } from './feed-desk.ts'
import { NacBook } from './nac-book.ts'

export interface NacAssemblyParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly installation: Installation
  readonly groups: OrganizationGroups
  readonly commands: CommandPort
  readonly call: DirectoryVerifierParts['call']
  readonly events: () => Pick<Events, 'raise'>
}

export type NacParts = Awaited<ReturnType<typeof assembleNac>>

const lookEveryMs = 10_000

export async function assembleNac(parts: NacAssemblyParts) {
  const { store, clock } = parts
  await tellGroups(store)
  const accountOf = (id: string) => store.nacFeed.find('account', id)
  const userOf = async (id: string) => (await accountOf(id))?.value?.user ?? id
  const book = new NacBook({ clock, events: parts.events, userOf })
  const timer = every(clock, lookEveryMs, () => book.look())
  return {
    clock,
    accounts: new NacAccounts({ store, clock, delegation: new Delegation(parts) }),
    accountOf,
    userOf,
    facts: new FactsDesk(store),
    feed: new FeedDesk(parts),
    book,
    certificates: new CertificateDesk(parts),
    actions: new ActionDesk({ ...parts, userOf }),
    directory: new DirectoryVerifier(parts),
    /** For the countdown that everything else with an end is in, too. */
    certificateEnds: () =>
      book
        .list()
        .flatMap(({ name, leaf }) =>
          leaf === undefined
            ? []
            : [{ what: 'TLS certificate of nac', about: name, group: undefined, notAfter: leaf.validToDate }],
        ),
    stop: () => timer.cancel(),
  }
}

/** Groups that were made before there was a feed. Those it knows get no second row. */
async function tellGroups(store: Store): Promise<void> {
  for (const { id, name, parent } of await store.groups.list()) {
    const value = { id, name, ...(parent === undefined ? {} : { parent }) }
    await store.nacFeed.append({ kind: 'group', id, value })
  }
}
