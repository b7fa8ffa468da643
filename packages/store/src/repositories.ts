/**
 * All repositories over one database, or over one transaction in it.
 *
 * @module
 */
import { AdmissionLists } from './admission-lists.ts'
import { AdminAccounts } from './admin-accounts.ts'
import { Admins } from './admins.ts'
import { ApiKeys } from './api-keys.ts'
import { Certificates } from './certificates.ts'
import { ConnectorStates } from './connector-states.ts'
import { AgentSecrets } from './agent-secrets.ts'
import type { Context } from './context.ts'
import { Counters } from './counters.ts'
import { DeviceCommands } from './device-commands.ts'
import { DeviceCredentials } from './device-credentials.ts'
import { DeviceEnrollmentCodes } from './device-enrollment-codes.ts'
import { DeviceHistory } from './device-history.ts'
import { DeviceList } from './device-list.ts'
import { DevicePolicies } from './device-policies.ts'
import { Devices } from './devices.ts'
import { DirectoryApply } from './directory-apply.ts'
import { DirectoryFirst } from './directory-first.ts'
import { DirectoryObjects } from './directory-objects.ts'
import { DirectoryReports } from './directory-reports.ts'
import { DirectoryRuns } from './directory-runs.ts'
import { DirectoryStaging } from './directory-staging.ts'
import { EnrollmentCodes } from './enrollment-codes.ts'
import { Events } from './events.ts'
import { Groups } from './groups.ts'
import { Installers } from './installers.ts'
import { Instances } from './instances.ts'
import { KeptAnswers } from './kept-answers.ts'
import { Keys } from './keys.ts'
import { Roles } from './roles.ts'
import { Rotations } from './rotations.ts'
import { MailList } from './mail-list.ts'
import { MailAttempts } from './mail-attempts.ts'
import { MailOutbox } from './mail-outbox.ts'
import { MdmSources } from './mdm-sources.ts'
import { NacFeed } from './nac-feed.ts'
import { Placements } from './placements.ts'
import { ServiceSettingsStore } from './service-settings.ts'
import { SettingsPages } from './settings-pages.ts'
import { SessionStore } from './sessions.ts'
import { SyslogFeed } from './syslog-feed.ts'
import { SyslogTargets } from './syslog-targets.ts'
import { Traces } from './traces.ts'
import { TrustSets } from './trust-sets.ts'

export interface Repositories {
  readonly groups: Groups
  readonly certificates: Certificates
  readonly keys: Keys
  readonly instances: Instances
  readonly enrollmentCodes: EnrollmentCodes
  readonly installers: Installers
  readonly admins: Admins
  readonly adminAccounts: AdminAccounts
  readonly roles: Roles
  readonly sessions: SessionStore
  readonly apiKeys: ApiKeys
  readonly serviceSettings: ServiceSettingsStore
  readonly settingsPages: SettingsPages
  readonly placements: Placements
  readonly trustSets: TrustSets
  readonly admissionLists: AdmissionLists
  readonly counters: Counters
  readonly events: Events
  readonly keptAnswers: KeptAnswers
  readonly traces: Traces
  readonly connectorStates: ConnectorStates
  readonly devices: Devices
  readonly deviceList: DeviceList
  readonly devicePolicies: DevicePolicies
  readonly deviceEnrollmentCodes: DeviceEnrollmentCodes
  readonly deviceCredentials: DeviceCredentials
  readonly deviceCommands: DeviceCommands
  readonly deviceHistory: DeviceHistory
  readonly nacFeed: NacFeed
  readonly agentSecrets: AgentSecrets
  readonly mdmSources: MdmSources
  readonly mailAttempts: MailAttempts
  readonly mailOutbox: MailOutbox
  readonly mailList: MailList
  readonly rotations: Rotations
  readonly syslogTargets: SyslogTargets
  readonly syslogFeed: SyslogFeed
  readonly directoryRuns: DirectoryRuns
  readonly directoryStaging: DirectoryStaging
  readonly directoryApply: DirectoryApply
  readonly directoryFirst: DirectoryFirst
  readonly directoryObjects: DirectoryObjects
  readonly directoryReports: DirectoryReports
}

export function repositories(context: Context): Repositories {
  return {
    groups: new Groups(context),
    certificates: new Certificates(context),
    keys: new Keys(context),
    instances: new Instances(context),
    enrollmentCodes: new EnrollmentCodes(context),
    installers: new Installers(context),
    admins: new Admins(context),
    adminAccounts: new AdminAccounts(context),
    roles: new Roles(context),
    sessions: new SessionStore(context),
    apiKeys: new ApiKeys(context),
    serviceSettings: new ServiceSettingsStore(context),
    settingsPages: new SettingsPages(context),
    placements: new Placements(context),
    trustSets: new TrustSets(context),
    admissionLists: new AdmissionLists(context),
    counters: new Counters(context),
    events: new Events(context),
    keptAnswers: new KeptAnswers(context),
    traces: new Traces(context),
    connectorStates: new ConnectorStates(context),
    devices: new Devices(context),
    deviceList: new DeviceList(context),
    devicePolicies: new DevicePolicies(context),
    deviceEnrollmentCodes: new DeviceEnrollmentCodes(context),
    deviceCredentials: new DeviceCredentials(context),
    deviceCommands: new DeviceCommands(context),
    deviceHistory: new DeviceHistory(context),
    nacFeed: new NacFeed(context),
    agentSecrets: new AgentSecrets(context),
    mdmSources: new MdmSources(context),
    mailAttempts: new MailAttempts(context),
    mailOutbox: new MailOutbox(context),
    mailList: new MailList(context),
    rotations: new Rotations(context),
    syslogTargets: new SyslogTargets(context),
    syslogFeed: new SyslogFeed(context),
    directoryRuns: new DirectoryRuns(context),
    directoryStaging: new DirectoryStaging(context),
    directoryApply: new DirectoryApply(context),
    directoryFirst: new DirectoryFirst(context),
    directoryObjects: new DirectoryObjects(context),
    directoryReports: new DirectoryReports(context),
  }
}
