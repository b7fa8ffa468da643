/**
 * Everything of syslog, made in order and connected.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Store } from '@sallygate/store'
import type { Caller } from '../calls/caller.ts'
import type { Sessions } from '../connectors/sessions.ts'
import type { Events } from '../events/events.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { Intake } from './intake.ts'
import { pathOf } from './routes.ts'
import { Senders } from './senders.ts'
import { TargetBook } from './target-book.ts'

export interface SyslogAssemblyParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly groups: Pick<OrganizationGroups, 'tree'>
  readonly call: Caller['call']
  readonly events: () => Pick<Events, 'raise'>
  readonly sessions: Pick<Sessions, 'onArrival'>
}

export function assembleSyslog({ store, clock, log, groups, call, events, sessions }: SyslogAssemblyParts) {
  const intake = new Intake(store, async () => {
    const tree = await groups.tree()
    return (id) => pathOf(tree.path(id))
  })
  const book = new TargetBook(
    store,
    () => senders.caughtUp(),
    () => senders.changed(),
  )
  const senders: Senders = new Senders(
    {
      store,
      call,
      clock,
      log,
      events,
      subtree: async (group) => new Set((await groups.tree()).subtree(group).map(({ id }) => id)),
      clientKey: (row) => book.clientKey(row),
      random: Math.random,
    },
    intake,
  )
  let stopHearing = () => {}
  return {
    book,
    senders,
    start() {
      senders.start()
      stopHearing = sessions.onArrival(() => senders.connectorCame())
    },
    stop() {
      stopHearing()
      return senders.stop()
    },
  }
}
