/**
 * What a device's history says of a change: only what somebody may look for later.
 *
 * @module
 */
import { printMac, strongKinds } from '@sallygate/domain'
import type { HistoryEntry, StoredDevice } from '@sallygate/store'

export type NewHistory = Omit<HistoryEntry, 'number' | 'atMs'>

const mostMacs = 20

export function changesOf(before: StoredDevice | undefined, after: StoredDevice): readonly NewHistory[] {
  if (before === undefined) return [{ kind: 'appeared', details: { source: after.statements[0]?.source ?? '' } }]
  return [
    ...stateOf(before, after),
    ...identityOf(before, after),
    ...macsOf(before, after),
    ...verdictOf(before, after),
  ]
}

function* stateOf(before: StoredDevice, after: StoredDevice): Iterable<NewHistory> {
  if (before.state !== after.state) yield { kind: 'stateChanged', details: { before: before.state, now: after.state } }
  if (before.group !== after.group) yield { kind: 'moved', details: { before: before.group, now: after.group } }
  if (before.name !== after.name) yield { kind: 'renamed', details: { before: before.name, now: after.name } }
}

function* identityOf(before: StoredDevice, after: StoredDevice): Iterable<NewHistory> {
  for (const kind of strongKinds) {
    const [old, now] = [before[kind], after[kind]]
    if (old !== undefined && now !== undefined && old !== now)
      yield { kind: 'identifierChanged', details: { identifier: kind, before: old, now } }
  }
}

function* macsOf(before: StoredDevice, after: StoredDevice): Iterable<NewHistory> {
  const current = ({ macs }: StoredDevice) => macs.filter(({ isCurrent }) => isCurrent)
  const old = new Set(current(before).map(({ mac }) => mac))
  const now = new Set(current(after).map(({ mac }) => mac))
  const appeared = current(after).filter(({ mac }) => !old.has(mac))
  for (const { mac, isLocallyAdministered } of appeared.slice(0, mostMacs))
    yield { kind: 'macAppeared', details: { mac: printMac(mac), isLocallyAdministered } }
  for (const mac of [...old].filter((one) => !now.has(one)).slice(0, mostMacs))
    yield { kind: 'macLeft', details: { mac: printMac(mac) } }
}

function* verdictOf(before: StoredDevice, after: StoredDevice): Iterable<NewHistory> {
  if (before.verdict.compliant === after.verdict.compliant) return
  const failing = after.verdict.failing.filter(({ countsForAccess }) => countsForAccess)
  const rules = failing.map(({ policy, rule }) => `${policy}: ${rule}`).join('; ')
  yield { kind: 'complianceChanged', details: { compliant: after.verdict.compliant, failing: rules.slice(0, 500) } }
}
