/**
 * What else syslog tells of: rows of the audit log and of the devices' histories, with numbers of the same kind.
 *
 * They are no events of the catalogue, because nobody raises them and `GET /api/events` does not list
 * them: they are read where they are kept. Their numbers, once given, mean the same for ever.
 * SG-8xxx are about the audit log, 61xx about devices.
 *
 * @module
 */
import { categories, type EventKind, type Severity } from './catalogue.ts'

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
  appeared: ofDevice(6101, 'info', 'A device was heard of for the first time.'),
  enrolled: ofDevice(6102, 'notice', 'A device was enrolled.'),
  stateChanged: ofDevice(6103, 'notice', 'The state of a device changed.'),
  moved: ofDevice(6104, 'notice', 'A device was moved to another group.'),
  renamed: ofDevice(6105, 'info', 'A device has another name.'),
  identifierChanged: ofDevice(6106, 'warning', 'A device has another serial number, UUID, UDID or IMEI.'),
  macAppeared: ofDevice(6107, 'debug', 'A device has a new MAC address.'),
  macLeft: ofDevice(6108, 'debug', 'A device has a MAC address no longer.'),
  complianceChanged: ofDevice(6109, 'warning', 'A device became compliant, or is so no longer.'),
  withdrawn: ofDevice(6110, 'info', 'A source no longer knows a device.'),
  changed: ofDevice(6111, 'notice', 'Somebody changed a device.'),
  unenrolled: ofDevice(6112, 'notice', 'Somebody un-enrolled a device.'),
  deleted: ofDevice(6113, 'notice', 'Somebody deleted a device.'),
  wiped: ofDevice(6114, 'warning', 'A device was wiped.'),
  commandRequested: ofDevice(6115, 'notice', 'Somebody gave a command to a device.'),
  commandEnded: ofDevice(6116, 'info', 'A command to a device ended.'),
} as const satisfies Readonly<Record<string, RecordKind>>

/** Of a kind that a later version wrote, or that has no number yet. */
export const otherHistory = ofDevice(6100, 'info', 'Something else happened to a device. The details say what.')

function ofDevice(number: number, severity: Severity, says: string): RecordKind {
  return { id: `SG-${number}`, severity, category: 'devices', says }
}

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
