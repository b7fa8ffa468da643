/**
 * What else syslog tells of: rows of the audit log and of the devices' histories, with numbers of the same kind.
 *
 * They are no events of the catalogue, because nobody raises them and `GET /api/events` does not list
 * them: they are read where they are kept. Their numbers, once given, mean the same for ever.
 * SG-8xxx are about the audit log, 61xx about devices.
 *
 * @module
 */
import { categories, type EventKind } from './catalogue.ts'

export const streamCategories = [...categories, 'audit'] as const
export type StreamCategory = (typeof streamCategories)[number]

export interface RecordKind extends Omit<EventKind, 'category'> {
  readonly category: StreamCategory
}

export const auditKinds = {
  changeBegun: {
    id: 'SG-8001',
    severity: 'debug',
    category: 'audit',
    says: 'Somebody asked for a change. How it ended comes after it, unless the console stopped in between.',
  },
  changeMade: { id: 'SG-8002', severity: 'notice', category: 'audit', says: 'Somebody changed something.' },
  changeRefused: {
    id: 'SG-8003',
    severity: 'warning',
    category: 'audit',
    says: 'A change was refused, or failed.',
  },
} as const satisfies Readonly<Record<string, RecordKind>>

/** By the kind of a row of a history. */
export const historyKinds = {
  appeared: { id: 'SG-6101', severity: 'info', category: 'devices', says: 'A device was heard of for the first time.' },
  enrolled: { id: 'SG-6102', severity: 'notice', category: 'devices', says: 'A device was enrolled.' },
  stateChanged: { id: 'SG-6103', severity: 'notice', category: 'devices', says: 'The state of a device changed.' },
  moved: { id: 'SG-6104', severity: 'notice', category: 'devices', says: 'A device was moved to another group.' },
  renamed: { id: 'SG-6105', severity: 'info', category: 'devices', says: 'A device has another name.' },
  identifierChanged: {
    id: 'SG-6106',
    severity: 'warning',
    category: 'devices',
    says: 'A device has another serial number, UUID, UDID or IMEI.',
  },
  macAppeared: { id: 'SG-6107', severity: 'debug', category: 'devices', says: 'A device has a new MAC address.' },
  macLeft: { id: 'SG-6108', severity: 'debug', category: 'devices', says: 'A device has a MAC address no longer.' },
  complianceChanged: {
    id: 'SG-6109',
    severity: 'warning',
    category: 'devices',
    says: 'A device became compliant, or is so no longer.',
  },
  withdrawn: { id: 'SG-6110', severity: 'info', category: 'devices', says: 'A source no longer knows a device.' },
  changed: { id: 'SG-6111', severity: 'notice', category: 'devices', says: 'Somebody changed a device.' },
  unenrolled: { id: 'SG-6112', severity: 'notice', category: 'devices', says: 'Somebody un-enrolled a device.' },
  deleted: { id: 'SG-6113', severity: 'notice', category: 'devices', says: 'Somebody deleted a device.' },
  wiped: { id: 'SG-6114', severity: 'warning', category: 'devices', says: 'A device was wiped.' },
  commandRequested: {
    id: 'SG-6115',
    severity: 'notice',
    category: 'devices',
    says: 'Somebody gave a command to a device.',
  },
  commandEnded: { id: 'SG-6116', severity: 'info', category: 'devices', says: 'A command to a device ended.' },
} as const satisfies Readonly<Record<string, RecordKind>>

/** Of a kind that a later version wrote, or that has no number yet. */
export const otherHistory = {
  id: 'SG-6100',
  severity: 'info',
  category: 'devices',
  says: 'Something else happened to a device. The details say what.',
} as const satisfies RecordKind

/** What the test of a syslog target sends. */
export const syslogTest = {
  id: 'SG-4049',
  severity: 'info',
  category: 'services',
  says: 'This is a test message of Sallygate. Nothing has happened.',
} as const satisfies RecordKind

/** With the name each goes by. */
export const recordKinds: Readonly<Record<string, RecordKind>> = {
  ...auditKinds,
  ...Object.fromEntries(Object.entries(historyKinds).map(([name, kind]) => [`device:${name}`, kind])),
  'device:other': otherHistory,
  syslogTest,
}
