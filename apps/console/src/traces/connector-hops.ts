/**
 * The hops of a connector: whether it is there, and what it finds when it is asked.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { instanceContract } from '@sallygate/service-instance/contract'
import { parseResult, type CheckRow } from '@sallygate/service-kit'
import type { Caller } from '../calls/caller.ts'
import type { BookEntry, InstanceBook } from '../connectors/instance-book.ts'
import type { Sessions } from '../connectors/sessions.ts'
import { consoleFailure } from '../failures.ts'
import type { ServiceBook } from '../services/service-book.ts'
import type { SettingsPush } from '../services/settings-push.ts'
import { foreign, type HopFinding, type HopList, type HopWho } from './hop-list.ts'

export interface ConnectorHopParts {
  readonly clock: Clock
  readonly book: InstanceBook
  readonly sessions: Sessions
  readonly caller: Caller
}

export interface ServiceHopParts {
  readonly push: SettingsPush
  readonly services: ServiceBook
}

const attached: HopWho = { name: 'connector attached', by: 'connector' }
const hello: HopWho = { name: 'connector hello', by: 'connector' }
const settings: HopWho = { name: 'connector settings', by: 'connector' }
const gate: HopWho = { name: 'connector gate', by: 'connector' }
const answer: HopWho = { name: 'answer', by: 'console' }

/** Reports come every minute. */
const quietMs = 150_000

export async function walkPresence(parts: ConnectorHopParts, list: HopList, find: () => BookEntry): Promise<void> {
  await list.walk(attached, () => presence(parts, find()))
  await list.walk(hello, () => helloOf(parts, find()))
}

function presence({ book, sessions }: ConnectorHopParts, entry: BookEntry): HopFinding {
  if (entry.isRevoked) throw consoleFailure('INSTANCE_REVOKED')
  const lastSeen = (sessions.of(entry.id)?.lastHeard ?? entry.lastSeen)?.toISOString()
  const detail = { connector: entry.name, ...(lastSeen === undefined ? {} : { lastSeen }) }
  const until = entry.certificate.notAfter.toISOString()
  if (!book.isGood(entry)) throw consoleFailure('CONNECTOR_AWAY', { details: { ...detail, certificateEnded: until } })
  if (!sessions.isAttached(entry.id)) throw consoleFailure('CONNECTOR_AWAY', { details: detail })
  return { says: `${entry.name} is attached to the relay.`, detail }
}

function helloOf({ clock, sessions }: ConnectorHopParts, entry: BookEntry): HopFinding {
  const session = sessions.of(entry.id)
  if (session === undefined || !sessions.isLive(entry.id))
    throw consoleFailure('CONNECTOR_SILENT', { details: { because: 'it has not said hello yet' } })
  const now = clock.now().getTime()
  const heardMs = now - session.lastHeard.getTime()
  const detail = {
    software: session.software,
    helloAgeMs: now - session.since.getTime(),
    heardAgoMs: heardMs,
    trustSet: session.trustSetNumber,
  }
  if (sessions.clones.isAlarmed(entry.id))
    return {
      verdict: 'warning',
      says: 'Two processes seem to use the identity of this connector.',
      fix: 'Stop one of the two. If you do not know both, revoke the connector and enroll it again.',
      detail,
    }
  const says = `Hello ${ago(detail.helloAgeMs)} ago, last heard ${ago(heardMs)} ago.`
  if (heardMs <= quietMs) return { says, detail }
  return {
    verdict: 'warning',
    says,
    fix: 'It has missed reports: look at its log, and at the load of its host.',
    detail,
  }
}

const ago = (ms: number) => (ms < 120_000 ? `${Math.round(ms / 1000)} s` : `${Math.round(ms / 60_000)} min`)

/** A connector that could not take the newest settings goes on with those it has, and would be tested with them. */
export async function walkSettings(
  { push, services }: ServiceHopParts,
  list: HopList,
  service: string,
  find: () => BookEntry,
): Promise<void> {
  await list.walk(settings, async () => {
    const { id, group } = find()
    const { generation } = await services.state(group, service)
    const said = push.acknowledged(group, service).find(({ instance }) => instance === id)
    if (said === undefined)
      return { says: 'It has not said yet which settings it has.', detail: { newest: generation } }
    const detail = { newest: generation, acknowledged: said.generation, state: said.state }
    if (said.generation >= generation) return { says: 'It has acknowledged the newest settings.', detail }
    const { says, fix } = said.refused?.failure ??
      said.failure ?? {
        says: 'It has older settings.',
        fix: 'Wait a minute: it gets the newest with its next report. Its log says why it could not take them.',
      }
    return { verdict: 'warning', says, fix, detail }
  })
}

/** Asks it to check a service, or itself, and puts its rows where they lie in time. */
export async function walkCheck(
  { caller }: ConnectorHopParts,
  list: HopList,
  asked: {
    readonly entry: () => BookEntry
    readonly service: string
    readonly actingGroup: string
    readonly signal: AbortSignal
    /** Who is responsible for a row, and what the hop is called. */
    readonly whoOf: (row: CheckRow) => HopWho
    /** What would have come, had it been reached. */
    readonly expected: readonly HopWho[]
  },
): Promise<void> {
  let rows: readonly CheckRow[] = []
  const startMs = list.elapsedMs
  const before = list.hops.length
  let says = ''
  await list.walk(gate, async () => {
    const { id, group, name } = asked.entry()
    const { service, actingGroup, signal } = asked
    const { result } = await caller.call(group, 'instance.check', { service }, { instance: id, actingGroup, signal })
    rows = parseResult(instanceContract.operations.check, result).rows
    says = `Signed and sealed for ${name}, which took it through its gate.`
    return says
  })
  const walked = list.hops[before]
  if (walked?.verdict !== 'ok') {
    for (const who of [...asked.expected, answer]) list.skip(who)
    return
  }
  // Its rows have durations of its own clock; the way and its queue are the rest, half before and half after.
  const farMs = rows.reduce((sum, { durationMs }) => sum + durationMs, 0)
  const wayMs = Math.max(0, walked.durationMs - farMs)
  list.replaceLast(gate, startMs, wayMs / 2, { says, detail: { roundTripMs: walked.durationMs } })
  let atMs = startMs + wayMs / 2
  for (const row of rows) {
    list.put(asked.whoOf(row), atMs, row.durationMs, findingOfRow(row))
    atMs += row.durationMs
  }
  list.put(answer, atMs, wayMs / 2, 'Sealed for this console, and signed by the connector.')
}

/** In a sentence the details stand in brackets at its end. */
const foreignText = new RegExp(`,? ?(?:${[...foreign].join('|')}): .*\\)$`, 's')

function findingOfRow({ result, says, fix, target, code, chain }: CheckRow): HopFinding {
  const own = result === 'failed' ? says.replace(foreignText, ')').replace(/ ?\(\)$/, '') : withoutEntry(says)
  const detail = { target, ...(code === undefined ? {} : { code }) }
  return { verdict: result, says: own, fix, detail, ...(chain === undefined ? {} : { chain }) }
}

/** Who was found is shown to whoever asks for a check, and not kept: a trace is seen by more people. */
function withoutEntry(says: string): string {
  const [, without] = /^Found .*?(, without [A-Za-z0-9-]+)?\.$/s.exec(says) ?? []
  return says.startsWith('Found ') ? `Found one${without ?? ''}.` : says
}
