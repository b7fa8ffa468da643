/**
 * The store's door: open it, and its repositories by their nouns.
 *
 * @module
 */
export { openStore, type Store, type StoreOptions } from './store.ts'
export { openPostgresStore, type PostgresStoreOptions } from './postgres.ts'
export type { PostgresBounds, PostgresConnection } from './postgres-connection.ts'
export { connectionOf, readPostgresUrl, type DatabaseSettings } from './postgres-url.ts'
export type { StoreHealth } from './health.ts'
export { createMasterKey, hasMasterKey, loadMasterKey, type MasterKey } from './master-key.ts'
export { inspectBackup, type BackupFacts } from './backup.ts'
export { restoreBackup, type Restored } from './restore.ts'
export type { RestoredTokens } from './restored-tokens.ts'
export { Passwords } from './passwords.ts'
export { foldName, readName, type Name } from './names.ts'
export { storeFailure } from './failures.ts'
export type { Repositories } from './repositories.ts'
export type { AccountChange, AccountKind, AdminAccount } from './admin-accounts.ts'
export type { Admin, NewAdmin } from './admins.ts'
export type { ApiKey, ApiKeyVerdict } from './api-keys.ts'
export type {
  Certificate,
  CertificateFilter,
  CertificateKind,
  CertificateStatus,
  NewCertificate,
} from './certificates.ts'
export type { ConnectorState, ConnectorWork } from './connector-states.ts'
export type { CodeUse, EnrollmentCode, NewEnrollmentCode } from './enrollment-codes.ts'
export type { NewOrganizationGroup, OrganizationGroup } from './groups.ts'
export type { Installer, InstallerUse, NewInstaller } from './installers.ts'
export type { Instance, InstanceReport, InstanceStatus, NewInstance } from './instances.ts'
export type { KeyPurpose, NewKey, StoredKey } from './keys.ts'
export { printHead, readHead, type LogHead, type LogVerdict } from './hash-chain.ts'
export type { AuditRecord, AuditRow } from './audit-chain.ts'
export type { AuditEntry, AuditFilter, AuditLog } from './audit-log.ts'
export type { EventFilter, NewEvent, StoredEvent } from './events.ts'
export type { Claim, KeptAnswer } from './kept-answers.ts'
export type { LoggedRequest, RequestRecord } from './request-chain.ts'
export type { RoleAssignment, StoredRole, SubjectKind } from './roles.ts'
export type {
  NewRotation,
  Rotation,
  RotationCause,
  RotationProgress,
  RotationScope,
  RotationState,
} from './rotations.ts'
export type { ListedSession, Session, SessionOrigin } from './sessions.ts'
export type {
  ServiceSettings,
  ServiceSettingsChange,
  ServiceSettingsOutcome,
  SettingsObject,
} from './service-settings.ts'
export type { SettingsPageChange, SettingsPageRow } from './settings-pages.ts'
export type { DeviceCredential } from './device-credentials.ts'
export type { DeviceEnrollmentCode, NewDeviceEnrollmentCode } from './device-enrollment-codes.ts'
export type { HistoryEntry } from './device-history.ts'
export {
  deviceFacets,
  deviceSorts,
  placeOf,
  type DeviceFacet,
  type TalliedDevices,
  type DeviceFilter,
  type DevicePage,
  type DeviceSort,
  type ListedDevice,
} from './device-list.ts'
export type { PolicyContent, StoredPolicy } from './device-policies.ts'
export type { MacHolder, SourceId, StoredDevice } from './devices.ts'
export type { AgentSecret, AgentSecrets } from './agent-secrets.ts'
export type { MailCounts, MailFilter } from './mail-list.ts'
export type { BegunMail, EndedAttempt, RecipientChange } from './mail-attempts.ts'
export type { NewMail } from './mail-outbox.ts'
export type { MailAttempt, MailAttemptOutcome, MailMessage, MailRecipient, MailWaits } from './mail-row.ts'
export type { MdmSource, MdmSourceChange, MdmSources } from './mdm-sources.ts'
export type { NacFeed, NacFeedState } from './nac-feed.ts'
export type { PlacedHistory } from './device-history.ts'
export { feedSources, type FeedOutline, type FeedRow, type FeedSource, type NewFeedRow } from './syslog-feed.ts'
export type { SyslogPosition, SyslogTargetChange, SyslogTargetRow } from './syslog-targets.ts'
export type { StoredTrace } from './traces.ts'
export type { NumberedBytes } from './trust-sets.ts'
export type { FirstRun } from './directory-first.ts'
export { type ApplyRules, type GroupToApply } from './directory-apply.ts'
export { searchKey } from './directory-words.ts'
export { sortKey, type ListedObject, type ObjectPage, type RelatedObject } from './directory-objects.ts'
export type { ReportedObject, ReportPage } from './directory-reports.ts'
export type { DirectoryRun, DirectoryScope } from './directory-runs.ts'
export type { KnownObject, StagedChange, StagedObject, StagedPart, StagedSides } from './directory-staging.ts'
