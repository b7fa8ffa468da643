/**
 * The tables, as the type system sees them.
 *
 * Only types that SQLite and PostgreSQL agree on: text, whole numbers (times are
 * milliseconds since 1970), bytes, and JSON as text. No row holds a readable secret.
 *
 * @module
 */
import type { AccessTables } from './schema/access-tables.ts'
import type { ConnectorTables } from './schema/connector-tables.ts'
import type { DeviceTables } from './schema/device-tables.ts'
import type { DirectoryTables } from './schema/directory-tables.ts'
import type { IdentityTables } from './schema/identity-tables.ts'
import type { MailTables } from './schema/mail-tables.ts'
import type { RecordTables } from './schema/record-tables.ts'
import type { SettingsTables } from './schema/settings-tables.ts'
import type { SyslogTables } from './schema/syslog-tables.ts'

export interface Schema
  extends
    IdentityTables,
    ConnectorTables,
    AccessTables,
    SettingsTables,
    RecordTables,
    DeviceTables,
    SyslogTables,
    MailTables,
    DirectoryTables {}
