/**
 * The catalogue of events. A number, once given, means the same for ever; docs/events.md is written from it.
 *
 * SG-1xxx connectors, 2xxx certificates, 3xxx administrators, 4xxx services, 5xxx the console and what it stands on,
 * 6xxx devices, 7xxx nac.
 *
 * @module
 */
/** From the least to the worst. */
export const severities = ['debug', 'info', 'notice', 'warning', 'error', 'critical'] as const
export type Severity = (typeof severities)[number]

export const categories = ['connectors', 'certificates', 'admins', 'services', 'system', 'devices', 'nac'] as const
export type Category = (typeof categories)[number]

export const eventServices = ['directory', 'mail', 'syslog'] as const
export type EventService = (typeof eventServices)[number]

export interface EventKind {
  readonly id: `SG-${number}`
  readonly severity: Severity
  readonly category: Category
  readonly says: string
  /** What to do, where there is something to do. */
  readonly fix?: string
  /** The enterprise service it is always about; some are about one or the other, and say so in their details. */
  readonly service?: EventService
}

export const catalogue = {
  connectorEnrolled: {
    id: 'SG-1001',
    severity: 'info',
    category: 'connectors',
    says: 'A connector was enrolled.',
  },
  connectorAttached: {
    id: 'SG-1002',
    severity: 'info',
    category: 'connectors',
    says: 'A connector attached to the relay.',
  },
  connectorLeft: {
    id: 'SG-1003',
    severity: 'warning',
    category: 'connectors',
    says: 'A connector left the relay.',
    fix: 'If nobody stopped it, look at its host: sallygate connector check.',
  },
  cloneAlarm: {
    id: 'SG-1004',
    severity: 'critical',
    category: 'connectors',
    says: 'Two processes seem to use the identity of one connector.',
    fix: 'Stop one of the two. If you do not know both, revoke the connector and enroll it again.',
  },
  cloneAlarmOver: {
    id: 'SG-1005',
    severity: 'info',
    category: 'connectors',
    says: 'A connector identity is used by one process again.',
  },
  connectorRevoked: {
    id: 'SG-1006',
    severity: 'warning',
    category: 'connectors',
    says: 'A connector was revoked.',
  },
  policyChanged: {
    id: 'SG-1007',
    severity: 'warning',
    category: 'connectors',
    says: 'The policy file of a connector changed on its host.',
    fix: 'If you do not know of it, compare the file with what it should be.',
  },
  certificateEndsIn30Days: {
    id: 'SG-2001',
    severity: 'info',
    category: 'certificates',
    says: 'A certificate ends within 30 days.',
    fix: 'It renews by itself while the console and the connector reach each other.',
  },
  certificateEndsIn14Days: {
    id: 'SG-2002',
    severity: 'warning',
    category: 'certificates',
    says: 'A certificate ends within 14 days.',
    fix: 'It should have renewed by itself: let the connector reach the console, or look in the console log.',
  },
  certificateEndsIn7Days: {
    id: 'SG-2003',
    severity: 'error',
    category: 'certificates',
    says: 'A certificate ends within 7 days.',
    fix: 'It should have renewed by itself: let the connector reach the console, or look in the console log.',
  },
  certificateEndsIn1Day: {
    id: 'SG-2004',
    severity: 'critical',
    category: 'certificates',
    says: 'A certificate ends within a day.',
    fix: 'Let the connector reach the console today, or enroll it again.',
  },
  certificateEnded: {
    id: 'SG-2005',
    severity: 'critical',
    category: 'certificates',
    says: 'A certificate has ended.',
    fix: 'Enroll the connector again; for a certificate of the console look in its log.',
  },
  rotationStarted: {
    id: 'SG-2006',
    severity: 'warning',
    category: 'certificates',
    says: 'The keys of a group are being replaced.',
  },
  rotationSwitched: {
    id: 'SG-2007',
    severity: 'info',
    category: 'certificates',
    says: 'The new keys of a group sign from now on.',
  },
  rotationEnded: {
    id: 'SG-2008',
    severity: 'info',
    category: 'certificates',
    says: 'The old keys of a group have ended.',
  },
  keysRevokedNow: {
    id: 'SG-2009',
    severity: 'critical',
    category: 'certificates',
    says: 'The keys of a group were distrusted at once.',
    fix: 'Find out how the old ones could be stolen. Make new installers; those from before are worth nothing.',
  },
  connectorLeftBehind: {
    id: 'SG-2010',
    severity: 'error',
    category: 'certificates',
    says: 'A connector was away while the keys of its group were replaced, until its certificate ended.',
    fix: 'Enroll it again on its host, with a new code: sallygate connector enroll --replace. Then revoke the old entry.',
  },
  signInFailed: {
    id: 'SG-3001',
    severity: 'warning',
    category: 'admins',
    says: 'Somebody was refused for a wrong name, password or key.',
    fix: 'If the address is not one of yours, close the way by which it reaches the console.',
  },
  signInThrottled: {
    id: 'SG-3002',
    severity: 'error',
    category: 'admins',
    says: 'An address sent so many wrong names, passwords or keys that it has to wait.',
    fix: 'If the address is not one of yours, close the way by which it reaches the console.',
  },
  adminChanged: {
    id: 'SG-3003',
    severity: 'warning',
    category: 'admins',
    says: 'An administrator account was made, changed or removed.',
  },
  roleChanged: {
    id: 'SG-3004',
    severity: 'warning',
    category: 'admins',
    says: 'A role, or who has it, was changed.',
  },
  apiKeyChanged: {
    id: 'SG-3005',
    severity: 'warning',
    category: 'admins',
    says: 'An API key was made, changed or removed.',
  },
  firstAdminMade: {
    id: 'SG-3006',
    severity: 'warning',
    category: 'admins',
    says: 'The first administrator was made.',
  },
  endedAccountUsed: {
    id: 'SG-3007',
    severity: 'warning',
    category: 'admins',
    says: 'An account that has expired or is disabled was used, with the right password or a session.',
    fix: 'If its owner still needs it, give it a later end or enable it. Otherwise remove it.',
  },
  serviceFailed: {
    id: 'SG-4001',
    severity: 'error',
    category: 'services',
    says: 'An enterprise service failed on a connector.',
    fix: 'Look at the step that fails: sallygate service check.',
  },
  serviceDegraded: {
    id: 'SG-4002',
    severity: 'warning',
    category: 'services',
    says: 'An enterprise service has trouble on a connector: it works in part, or not at all until what it needs is back.',
    fix: 'Look at the step that fails: sallygate service check.',
  },
  serviceRecovered: {
    id: 'SG-4003',
    severity: 'info',
    category: 'services',
    says: 'An enterprise service works again on a connector.',
  },
  settingsChanged: {
    id: 'SG-4004',
    severity: 'info',
    category: 'services',
    says: 'Settings of an enterprise service or of an organization group were changed.',
  },
  settingsRefused: {
    id: 'SG-4005',
    severity: 'warning',
    category: 'services',
    says: 'Settings were refused; those from before stay in force.',
    fix: 'The details name the failure.',
  },
  settingsNotTaken: {
    id: 'SG-4006',
    severity: 'error',
    category: 'services',
    says: 'A connector would not take new settings of a service and runs on with those from before.',
    fix: 'Look at the first step of sallygate service check: it names the setting. Correct it and save again.',
  },
  directorySyncHeld: {
    id: 'SG-4010',
    service: 'directory',
    severity: 'error',
    category: 'services',
    says: 'A directory sync was held: it would remove or change more than is allowed.',
    fix: 'Look at what it would do. If that is right, release it once; if not, stop it and look at the directory and its settings.',
  },
  directorySyncReleased: {
    id: 'SG-4011',
    service: 'directory',
    severity: 'warning',
    category: 'services',
    says: 'A directory sync that was held, or a preview, was released by somebody.',
  },
  directorySyncFailing: {
    id: 'SG-4012',
    service: 'directory',
    severity: 'error',
    category: 'services',
    says: 'The sync of a directory has failed three times in a row. It is tried less often now; what was read last stays in force.',
    fix: 'The details name the failure; the run says more: sallygate directory sync.',
  },
  directorySyncRecovered: {
    id: 'SG-4013',
    service: 'directory',
    severity: 'info',
    category: 'services',
    says: 'The sync of a directory works again.',
  },
  directoryReadAnew: {
    id: 'SG-4014',
    service: 'directory',
    severity: 'info',
    category: 'services',
    says: 'A directory was read anew in full, because where the last run stood led nowhere: another server, or one that was restored.',
  },
  directoryServerChanged: {
    id: 'SG-4015',
    service: 'directory',
    severity: 'notice',
    category: 'services',
    says: 'A connector has another directory server in use than before.',
    fix: 'If nobody meant it to: sallygate directory status says how each server is doing, and why the other one was left.',
  },
  mailNotConfigured: {
    id: 'SG-4020',
    service: 'mail',
    severity: 'warning',
    category: 'services',
    says: 'A mail was to be sent for a group that has no mail service.',
    fix: 'Turn the mail service on for the group or one above it: Enterprise Services > Mail.',
  },
  mailGivenUp: {
    id: 'SG-4021',
    service: 'mail',
    severity: 'error',
    category: 'services',
    says: 'A mail could not be delivered and is not tried any more.',
    fix: 'Look at its attempts: sallygate mail show. When the cause is gone: sallygate mail retry.',
  },
  mailRefused: {
    id: 'SG-4022',
    service: 'mail',
    severity: 'warning',
    category: 'services',
    says: 'A mail server refused a mail for a recipient, for good.',
    fix: 'The details hold what it said. Correct the address where it is set, or let the server accept it.',
  },
  mailUnknown: {
    id: 'SG-4023',
    service: 'mail',
    severity: 'warning',
    category: 'services',
    says: 'Nobody knows whether a mail arrived: it was handed over, and no answer came. It is sent once more, later, under the same Message-ID.',
    fix: 'If it happens often, look at what sits between the connector and the mail server, and how long the server takes over a message.',
  },
  syslogFailing: {
    id: 'SG-4040',
    service: 'syslog',
    severity: 'error',
    category: 'services',
    says: 'A syslog target takes no events. They wait for it.',
    fix: 'Test the target: the first step that fails says where it ends. Its room says how long events can wait.',
  },
  syslogRecovered: {
    id: 'SG-4041',
    service: 'syslog',
    severity: 'info',
    category: 'services',
    says: 'A syslog target takes events again.',
  },
  syslogDropping: {
    id: 'SG-4042',
    service: 'syslog',
    severity: 'critical',
    category: 'services',
    says: 'Events for a syslog target were dropped, the oldest first, because its room was full.',
    fix: 'Repair the target, or give it more room. The sequence numbers at the collector show the gap; the console still has its own events.',
  },
  syslogUnconfirmed: {
    id: 'SG-4043',
    service: 'syslog',
    severity: 'warning',
    category: 'services',
    says: 'A syslog collector does not end connections, so what it was sent just before a cut may be lost unseen.',
    fix: 'Look at what stands between: some load balancers do not pass on the end of a connection.',
  },
  consoleStarted: {
    id: 'SG-5001',
    severity: 'info',
    category: 'system',
    says: 'The console started.',
  },
  relayLost: {
    id: 'SG-5002',
    severity: 'error',
    category: 'system',
    says: 'The console lost its connection to the relay.',
    fix: 'The console dials again by itself. If this lasts, run: sallygate relay check.',
  },
  relayBack: {
    id: 'SG-5003',
    severity: 'info',
    category: 'system',
    says: 'The console is attached to the relay.',
  },
  relayChanged: {
    id: 'SG-5004',
    severity: 'warning',
    category: 'system',
    says: 'Where the relay is was changed.',
  },
  requestsNotLogged: {
    id: 'SG-5005',
    severity: 'critical',
    category: 'system',
    says: 'Requests could not be written to the request log.',
    fix: 'Make room on the disk of the console, or repair it.',
  },
  storeNotWritable: {
    id: 'SG-5006',
    severity: 'critical',
    category: 'system',
    says: 'The store could not be written. This event was kept until it could.',
    fix: 'Make room on the disk of the console, or repair it.',
  },
  storeWritable: {
    id: 'SG-5007',
    severity: 'info',
    category: 'system',
    says: 'The store can be written again.',
  },
  backupMade: {
    id: 'SG-5008',
    severity: 'info',
    category: 'system',
    says: 'A backup of the store was made.',
  },
  backupDownloaded: {
    id: 'SG-5009',
    severity: 'warning',
    category: 'system',
    says: 'A backup of the store was downloaded.',
  },
  backupRemoved: {
    id: 'SG-5010',
    severity: 'warning',
    category: 'system',
    says: 'A backup of the store was removed.',
  },
  eventsLost: {
    id: 'SG-5011',
    severity: 'error',
    category: 'system',
    says: 'Events happened while the store could not be written, more than could wait for it: they are in the log only.',
  },
  deviceUnenrolled: {
    id: 'SG-6001',
    severity: 'info',
    category: 'devices',
    says: 'A device was un-enrolled or deleted.',
  },
  deviceWipeAsked: {
    id: 'SG-6002',
    severity: 'warning',
    category: 'devices',
    says: 'Somebody asked for a device to be wiped.',
    fix: 'If you do not know of it, cancel the command before the device checks in, and change the password of whoever asked.',
  },
  deviceWiped: {
    id: 'SG-6003',
    severity: 'warning',
    category: 'devices',
    says: 'A device says that it was wiped.',
  },
  deviceCommandFailed: {
    id: 'SG-6004',
    severity: 'warning',
    category: 'devices',
    says: 'A device could not do what it was asked to do.',
    fix: 'The details hold what its agent says; ask again when the cause is gone.',
  },
  deviceTwins: {
    id: 'SG-6005',
    severity: 'warning',
    category: 'devices',
    says: 'Two devices of the inventory have the same serial number, UUID, UDID or IMEI.',
    fix: 'Compare the two. If they are one, delete the older record; if they are two, one was cloned with the identity of the other.',
  },
  deviceEnrollmentRefused: {
    id: 'SG-6006',
    severity: 'warning',
    category: 'devices',
    says: 'Somebody was refused who wanted to enroll a device.',
    fix: 'If the address is not one of yours, revoke the codes that are out, and make new ones.',
  },
  sourceFailed: {
    id: 'SG-6020',
    severity: 'warning',
    category: 'devices',
    says: 'Another MDM server does not answer, or not as it should.',
    fix: 'sallygate source list says what is wrong. Its devices stay as they were.',
  },
  sourceStale: {
    id: 'SG-6021',
    severity: 'error',
    category: 'devices',
    says: 'Another MDM server has not answered for longer than its word counts.',
    fix: 'Repair it, or the way to it: what it said of its devices is old, and policies may take it for unknown.',
  },
  sourceAnswers: {
    id: 'SG-6022',
    severity: 'info',
    category: 'devices',
    says: 'Another MDM server answers again.',
  },
  sourceDevicesHeld: {
    id: 'SG-6023',
    severity: 'warning',
    category: 'devices',
    says: 'Another MDM server does not know many of its devices any more. They were kept.',
    fix: 'If they are really gone, run: sallygate source ask --confirm-gone. A lost right looks the same.',
  },
  nacEnumeration: {
    id: 'SG-7001',
    severity: 'critical',
    category: 'nac',
    says: 'A client of nac asked for very many devices that are not there, and is slowed.',
    fix: 'If the address is no policy node of yours, give the account a new secret and a list of addresses.',
  },
  nacGuessing: {
    id: 'SG-7002',
    severity: 'error',
    category: 'nac',
    says: 'An address sent nac so many wrong passwords that it has to wait. Clients that are known are not touched.',
    fix: 'If it is a policy node, correct its password; otherwise close the way by which it reaches nac.',
  },
  nacActionAsked: {
    id: 'SG-7003',
    severity: 'warning',
    category: 'nac',
    says: 'A NAC asked for an action on a device.',
  },
  nacActionRefused: {
    id: 'SG-7004',
    severity: 'warning',
    category: 'nac',
    says: 'An action that a NAC asked for could not be passed on to the device.',
    fix: 'The details name the failure.',
  },
  nacAccountChanged: {
    id: 'SG-7005',
    severity: 'warning',
    category: 'nac',
    says: 'An account of nac, or what holds for all of nac, was changed.',
  },
  nacSilent: {
    id: 'SG-7006',
    severity: 'error',
    category: 'nac',
    says: 'A nac has not been heard of for a minute. It may still answer, from what it last knew.',
    fix: 'Look whether it runs and reaches the console; its own log and /health say more.',
  },
  nacBack: {
    id: 'SG-7007',
    severity: 'info',
    category: 'nac',
    says: 'A nac is heard of again.',
  },
} as const satisfies Readonly<Record<string, EventKind>>

export type EventName = keyof typeof catalogue

const byId = new Map(
  Object.entries(catalogue).map(([name, kind]) => [kind.id as string, { name, ...kind } as NamedKind]),
)

export interface NamedKind extends EventKind {
  readonly name: string
}

/** `undefined` for an event that a later version wrote. */
export function kindOf(id: string): NamedKind | undefined {
  return byId.get(id)
}
