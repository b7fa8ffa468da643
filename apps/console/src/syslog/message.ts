/**
 * From what is stored (an event, a row of the audit log, a row of a device's history) to a row of the stream.
 *
 * @module
 */
import { toHex } from '@sallygate/base/bytes'
import type { Json } from '@sallygate/base/json'
import type { SyslogEvent } from '@sallygate/service-syslog/contract'
import type { AuditRow, FeedRow, NewFeedRow, PlacedHistory, StoredEvent } from '@sallygate/store'
import { kindOf, severities, type Severity } from '../events/catalogue.ts'
import { auditKinds, historyKinds, otherHistory, type RecordKind } from '../events/record-kinds.ts'

/** What of an event does not depend on the target. */
type Content = Omit<SyslogEvent, 'number' | 'sequence' | 'at' | 'severity' | 'category'>
type Details = SyslogEvent['details']

/** What a person calls a group: its path from the top. */
export type NameOf = (group: string) => string

const mostDetails = 40
const mostDetailsBytes = 6000

export function rowOfEvent(event: StoredEvent, nameOf: NameOf): NewFeedRow {
  const { number, id, at, category, group, about, details } = event
  const kind = kindOf(id)
  const { by, ...others } = details
  const content: Content = {
    key: `event-${number}`,
    id,
    name: kind?.name ?? id,
    says: kind?.says ?? 'An event of a later version.',
    about: clip(about, 300),
    ...groupOf(group, nameOf),
    ...(typeof by === 'string' ? { by: clip(by, 300) } : {}),
    details: bounded(others),
  }
  const target = typeof details['target'] === 'string' ? details['target'] : undefined
  return { group, at, severity: severityOf(event.severity), category, target, content: plain(content) }
}

export function rowOfAudit(row: AuditRow, nameOf: NameOf): NewFeedRow {
  const { position, at, group, actorName, actorId, actorKind, source, action, object, note, outcome, begun } = row
  const name = outcome === 'begun' ? 'changeBegun' : outcome === 'done' ? 'changeMade' : 'changeRefused'
  const kind: RecordKind = auditKinds[name]
  const content: Content = {
    key: `audit-${position}`,
    id: kind.id,
    name,
    says: kind.says,
    about: clip(`${action} ${object}`, 300),
    ...groupOf(group, nameOf),
    ...(actorName === '' ? {} : { by: clip(actorName, 300) }),
    ...(source === '' ? {} : { source: clip(source, 100) }),
    details: bounded({
      action,
      object,
      outcome,
      position,
      begun,
      actorKind,
      actorId,
      note,
      traceId: row.traceId,
      // The chain can be held against what the collector has: a row that was changed or cut off since has another hash.
      hash: toHex(row.hash),
    }),
  }
  return { group, at, severity: kind.severity, category: kind.category, content: plain(content) }
}

export function rowOfHistory(row: PlacedHistory, nameOf: NameOf): NewFeedRow {
  const known = Object.hasOwn(historyKinds, row.kind)
  const kind: RecordKind = known ? historyKinds[row.kind as keyof typeof historyKinds] : otherHistory
  const { by, ...others } = row.details
  const content: Content = {
    key: `device-${row.place}`,
    id: kind.id,
    name: known ? `device:${row.kind}` : 'device:other',
    says: kind.says,
    about: clip(row.name, 300),
    ...groupOf(row.group, nameOf),
    ...(typeof by === 'string' ? { by: clip(by, 300) } : {}),
    details: bounded({ ...others, device: row.device, ...(known ? {} : { kind: row.kind }) }),
  }
  const { severity, category } = kind
  return { group: row.group, at: new Date(row.atMs), severity, category, content: plain(content) }
}

/** As it goes to one target. */
export function eventOf(row: Omit<FeedRow, 'bytes'>, sequence: number): SyslogEvent {
  const content = row.content as unknown as Content
  const at = row.at.toISOString()
  return { number: row.number, sequence, at, severity: severityOf(row.severity), category: row.category, ...content }
}

/** What a later version wrote is shown as what nobody filters out by mistake. */
function severityOf(severity: string): Severity {
  return severities.find((one) => one === severity) ?? 'error'
}

function groupOf(group: string | undefined, nameOf: NameOf): Pick<Content, 'group'> {
  return group === undefined ? {} : { group: { id: clip(group, 64), name: clip(nameOf(group), 300) } }
}

function bounded(details: Readonly<Record<string, string | number | boolean | undefined>>): Details {
  let left = mostDetailsBytes
  const kept: [string, Details[string]][] = []
  for (const [name, value] of Object.entries(details)) {
    if (value === undefined || name === '') continue
    const short = typeof value === 'string' ? clip(value, 2048) : value
    left -= Buffer.byteLength(String(short)) + name.length
    if (left < 0 || kept.length >= mostDetails) break
    kept.push([clip(name, 60), short])
  }
  return Object.fromEntries(kept)
}

/** Not within a character of two halves. */
function clip(text: string, most: number): string {
  return text.length <= most
    ? text
    : text
        .slice(0, most)
        .toWellFormed()
        .replace(/\ufffd$/, '')
}

const plain = (content: Content) => JSON.parse(JSON.stringify(content)) as Readonly<Record<string, Json>>
