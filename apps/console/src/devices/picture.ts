/**
 * The picture of a device: everything that follows from what its sources said and the rules of its group.
 *
 * Nothing is read or written here; the same words, rules and moment give the same picture.
 *
 * @module
 */
import {
  evaluate,
  isLocallyAdministered,
  mergeFacts,
  mergeIdentifiers,
  nextMergeMs,
  valueOf,
  type Facts,
  type Identifiers,
  type KnownMac,
  type Statement,
} from '@sallygate/domain'
import type { StoredDevice } from '@sallygate/store'
import type { GroupRules } from './rule-book.ts'

/** What does not follow from anything: it is decided, or was so before. */
export type DeviceGround = Pick<
  StoredDevice,
  | 'id'
  | 'group'
  | 'state'
  | 'isWithdrawn'
  | 'givenName'
  | 'stateAtMs'
  | 'enrolledAtMs'
  | 'statements'
  | 'sourceIds'
  | 'macs'
>

/** Current and former ones. A phone with a new address every day fills this in four months. */
const mostMacs = 128

export function pictureOf(ground: DeviceGround, rules: GroupRules, nowMs: number): StoredDevice {
  const { statements } = ground
  const identifiers = mergeIdentifiers(statements)
  const facts = mergeFacts(statements, rules.merge, nowMs)
  const lastReportMs = Math.max(0, ...statements.map(({ atMs }) => atMs))
  const posture = {
    facts,
    enrolledAtMs: ground.enrolledAtMs,
    lastReportMs,
    reportedMs: new Map(statements.map(({ source, atMs }) => [source, atMs])),
  }
  const { nextMs, ...verdict } = evaluate(posture, rules.policies, rules.evaluation, nowMs)
  const nexts = [nextMs, nextMergeMs(statements, rules.merge, nowMs)].filter((next) => next !== undefined)
  const { macs, ...names } = identifiers
  const { id, group, state, isWithdrawn, givenName, stateAtMs, enrolledAtMs, sourceIds } = ground
  return {
    id,
    group,
    state,
    isWithdrawn,
    givenName,
    stateAtMs,
    enrolledAtMs,
    sourceIds,
    statements,
    ...names,
    name: ground.givenName ?? nameOf(identifiers, facts) ?? ground.id,
    macs: macHistory(ground.macs, statements, macs),
    facts,
    verdict,
    lastReportMs,
    nextEvaluationMs: nexts.length === 0 ? undefined : Math.min(...nexts),
  }
}

function nameOf({ hostName, serial }: Identifiers, facts: Facts): string | undefined {
  const model = [valueOf(facts, 'manufacturer'), valueOf(facts, 'model')].filter((word) => word !== undefined).join(' ')
  return hostName ?? (model === '' ? serial : serial === undefined ? model : `${model} ${serial}`)
}

function macHistory(
  before: readonly KnownMac[],
  statements: readonly Statement[],
  current: readonly string[],
): readonly KnownMac[] {
  const known = new Map(before.map((one) => [one.mac, { ...one, isCurrent: false }]))
  for (const mac of current) {
    const saidMs = Math.max(...statements.filter((it) => it.identifiers.macs.includes(mac)).map(({ atMs }) => atMs))
    const old = known.get(mac)
    known.set(mac, {
      mac,
      firstSeenMs: Math.min(old?.firstSeenMs ?? saidMs, saidMs),
      lastSeenMs: Math.max(old?.lastSeenMs ?? 0, saidMs),
      isLocallyAdministered: isLocallyAdministered(mac),
      isCurrent: true,
    })
  }
  return [...known.values()]
    .toSorted(
      (a, b) => Number(b.isCurrent) - Number(a.isCurrent) || b.lastSeenMs - a.lastSeenMs || (a.mac < b.mac ? -1 : 1),
    )
    .slice(0, mostMacs)
}
