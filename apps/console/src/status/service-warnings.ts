/**
 * Services that do not do what they should: failed or not well at a connector, a sync that is held, a syslog target that takes nothing.
 *
 * @module
 */
import type { Store } from '@sallygate/store'
import type { InstanceBook } from '../connectors/instance-book.ts'
import type { Sessions } from '../connectors/sessions.ts'
import type { FailingTarget } from '../syslog/senders.ts'
import type { Warning } from './schema.ts'

export interface ServiceWarningParts {
  readonly store: Store
  readonly book: InstanceBook
  readonly sessions: Sessions
  readonly failingTargets?: () => readonly FailingTarget[]
}

/** What pages derive from the connectors they list is told by this code, so that they do not say it twice. */
const notWell = 'SERVICE_NOT_WELL'

export async function serviceWarnings(parts: ServiceWarningParts): Promise<Warning[]> {
  return [...atConnectors(parts), ...(await heldSyncs(parts.store)), ...syslogTargets(parts)]
}

function syslogTargets({ failingTargets = () => [] }: ServiceWarningParts): Warning[] {
  return failingTargets().map(({ group, name, waiting, failure: { code, says, fix } }) => ({
    code: 'SYSLOG_TARGET_WAITS',
    level: 'yellow',
    says: `A syslog target takes nothing; ${waiting} ${waiting === 1 ? 'event waits' : 'events wait'}. ${says} (${code})`,
    fix,
    about: name,
    group,
  }))
}

function atConnectors({ book, sessions }: ServiceWarningParts): Warning[] {
  const attached = book.list().filter(({ id, isRevoked }) => !isRevoked && sessions.isAttached(id))
  return attached.flatMap(({ id, name, group }) =>
    (sessions.of(id)?.services ?? []).flatMap(({ service, state, reason, fix }): Warning[] => {
      if (state !== 'failed' && state !== 'degraded') return []
      const level = state === 'failed' ? 'red' : 'yellow'
      return [{ code: notWell, level, says: `The service ${service} is ${state}: ${reason}`, fix, about: name, group }]
    }),
  )
}

async function heldSyncs(store: Store): Promise<Warning[]> {
  const held = await store.directoryRuns.inState('held')
  if (held.length === 0) return []
  const names = new Map((await store.groups.list()).map(({ id, name }) => [id, name]))
  return held.map(({ group, number }) => ({
    code: 'DIRECTORY_SYNC_HELD',
    level: 'yellow',
    says: `Run ${number} of the directory sync is held by a safeguard; nothing is read until somebody decides.`,
    fix: 'Run: sallygate directory sync. It says what the run would do, and how to release it.',
    about: names.get(group) ?? group,
    group,
  }))
}
