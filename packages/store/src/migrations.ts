/**
 * Migrations: how a database becomes what this program expects. Forward only.
 *
 * The list is closed and its order is the order of names. A migration that has
 * been released is never edited; the next change is the next entry, in a file of
 * its own under `migrations/`.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import type { Migration, MigrationProvider } from 'kysely/migration'
import { makeIdentityTables } from './migrations/0001-identity.ts'
import { makeSettingsPages } from './migrations/0002-settings-pages.ts'
import { makeAdminTables } from './migrations/0003-admins-roles-sessions.ts'
import { makeAuditEventTables } from './migrations/0004-audit-events.ts'
import { makeTraceTable } from './migrations/0005-traces.ts'
import { makeConnectorStateTable } from './migrations/0006-connector-state.ts'
import { makeRotationTable } from './migrations/0007-rotations.ts'
import { makeDeviceTables } from './migrations/0010-devices.ts'
import { makeDevicePolicyTable } from './migrations/0011-device-policies.ts'
import { makeDeviceEnrollmentTables } from './migrations/0012-device-enrollment.ts'
import { makeDeviceCommandTables } from './migrations/0013-device-commands.ts'
import { makeNacFeedTable } from './migrations/0014-nac-feed.ts'
import { makeMdmSourceTables } from './migrations/0016-mdm-sources.ts'
import { makeDirectorySyncTables } from './migrations/0019-directory-sync.ts'
import { addSessionOrigins } from './migrations/0017-session-origins.ts'
import { makeMailTables } from './migrations/0022-mail.ts'
import { makeSyslogTables } from './migrations/0024-syslog.ts'
import { makeDirectoryFirstTable } from './migrations/0025-directory-first.ts'
import { addEventWords } from './migrations/0027-event-words.ts'
import { addMailWaits } from './migrations/0028-mail-waits.ts'
import { makeDirectoryWordTable } from './migrations/0029-directory-words.ts'
import type { ColumnTypes } from './tables.ts'

type Step = (db: Kysely<unknown>, types: ColumnTypes) => Promise<void>

/**
 * By the name a database remembers them under. Three digits, because the first one was released with three and the
 * names have to sort: `0002-settings-pages.ts` is `002-settings-pages` here.
 */
const steps: Readonly<Record<`${number}-${string}`, Step>> = {
  '001-identity': makeIdentityTables,
  '002-settings-pages': makeSettingsPages,
  '003-admins-roles-sessions': makeAdminTables,
  '004-audit-events': makeAuditEventTables,
  '005-traces': makeTraceTable,
  '006-connector-state': makeConnectorStateTable,
  '007-rotations': makeRotationTable,
  '010-devices': makeDeviceTables,
  '011-device-policies': makeDevicePolicyTable,
  '012-device-enrollment': makeDeviceEnrollmentTables,
  '013-device-commands': makeDeviceCommandTables,
  '014-nac-feed': makeNacFeedTable,
  '016-mdm-sources': makeMdmSourceTables,
  '017-session-origins': addSessionOrigins,
  '019-directory-sync': makeDirectorySyncTables,
  '022-mail': makeMailTables,
  '024-syslog': makeSyslogTables,
  '025-directory-first': makeDirectoryFirstTable,
  '027-event-words': addEventWords,
  '028-mail-waits': addMailWaits,
  '029-directory-words': makeDirectoryWordTable,
}

/** What this program writes into `meta`, and the newest it can read. */
export const schemaVersion = Object.keys(steps).length

export function isKnownMigration(name: string): boolean {
  return Object.hasOwn(steps, name)
}

export function migrationProvider(types: ColumnTypes): MigrationProvider {
  const all: Record<string, Migration> = {}
  for (const [name, step] of Object.entries(steps)) all[name] = { up: (db) => step(db, types) }
  return { getMigrations: () => Promise.resolve(all) }
}
