/**
 * What a report makes of what is known: by which names it is looked for, its statement among
 * those of the other sources, and the ground on which a device is written.
 *
 * Nothing is read or written here; the inventory does that, in one transaction.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import {
  plainText,
  readFacts,
  restate,
  type Candidate,
  type DeviceReport,
  type Identifiers,
  type Statement,
} from '@sallygate/domain'
import type { SourceId, StoredDevice } from '@sallygate/store'

/** Sources of one device. More than anybody runs, and a bound on what one of them could add. */
const mostSources = 12

export function sourceIdOf({ group, source, sourceId }: DeviceReport): SourceId | undefined {
  const read = sourceId === undefined ? '' : plainText(sourceId, 200)
  return read === '' ? undefined : { group, source, sourceId: read }
}

/** What matching looks at. */
export function candidateOf(device: StoredDevice, named: SourceId | undefined): Candidate {
  const { id, lastReportMs, sourceIds, macs } = device
  const { serial, uuid, udid, imei, meid, hostName } = device
  return {
    id,
    lastReportMs,
    identifiers: {
      ...defined({ serial, uuid, udid, imei, meid, hostName }),
      // An address that it had and has not: by then it may be another's.
      macs: macs.filter(({ isCurrent }) => isCurrent).map(({ mac }) => mac),
    },
    isNamedBySource:
      named !== undefined && sourceIds.some((one) => one.source === named.source && one.sourceId === named.sourceId),
  }
}

/** @returns `undefined` for one source too many. */
export function statementsOf(
  before: readonly Statement[],
  { source: said, facts, identifiers: saidIdentifiers, atMs }: DeviceReport,
  { macs, ...names }: Identifiers,
  nowMs: number,
): readonly Statement[] | undefined {
  const source = plainText(said, 100)
  const old = before.find((statement) => statement.source === source)
  if (old === undefined && before.length >= mostSources) return undefined
  const report = {
    source,
    atMs: Math.floor(Math.min(Math.max(atMs, 0), nowMs)),
    identifiers: { ...names, macs: saidIdentifiers.macs === undefined ? undefined : macs },
    facts: readFacts(facts as Readonly<Record<string, unknown>>),
  }
  return [...before.filter((statement) => statement !== old), restate(old, report)]
}

export function groundOf(
  before: StoredDevice | undefined,
  report: DeviceReport,
  statements: readonly Statement[],
  named: SourceId | undefined,
  nowMs: number,
) {
  const sourceIds = before?.sourceIds ?? []
  const isNamed =
    named === undefined ||
    sourceIds.some((one) => one.source === named.source && one.sourceId === named.sourceId && one.group === named.group)
  const ids = isNamed ? sourceIds : [...sourceIds.filter(({ source }) => source !== named.source), named]
  if (before === undefined) {
    return {
      id: randomUUID(),
      group: report.group,
      state: 'enrolled' as const,
      stateAtMs: nowMs,
      enrolledAtMs: nowMs,
      macs: [],
      sourceIds: ids,
      statements,
    }
  }
  // Its source knew it no more, and knows it again. What an administrator ended, no source begins anew.
  const isBack = before.isWithdrawn === true && before.state === 'unenrolled'
  return {
    ...before,
    ...(isBack ? { state: 'enrolled' as const, stateAtMs: nowMs, isWithdrawn: false } : {}),
    sourceIds: ids,
    statements,
  }
}

function defined<T extends object>(value: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}
