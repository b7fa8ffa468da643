/**
 * What can go wrong on a connector's host, in an administrator's words.
 *
 * Failures of certificates, envelopes and the connection to the relay have their own
 * tables in their own packages; they pass through here unchanged.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const connectorFailure = defineFailures('CONNECTOR', {
  NOT_ENROLLED: {
    says: 'This connector has no identity yet.',
    fix: 'Create an enrollment code or an installer in the console, and run: sallygate connector enroll',
    retry: 'never',
  },
  ALREADY_ENROLLED: {
    says: 'This connector is already enrolled.',
    fix: 'Nothing needs to be done. To replace the identity on purpose, run the command again with --replace.',
    retry: 'never',
  },
  IDENTITY_DAMAGED: {
    says: 'The files of this connector’s identity do not belong together.',
    fix: 'Restore the identity folder from one backup, or enroll again with --replace. The details name the file.',
    retry: 'never',
  },
  RELAY_NEEDED: {
    says: 'The address of the relay is not known.',
    fix: 'Give it with --relay wss://…; an installer brings it along, a code does not.',
    retry: 'never',
  },
  ENROLLMENT_REFUSED: {
    says: 'The console refused the enrollment.',
    fix: 'Create a new code or installer; the details hold the console’s reason.',
    retry: 'never',
  },
  CODE_REFUSED: {
    says: 'The enrollment code was used before, has expired or was withdrawn.',
    fix: 'Create a new code in the console and use it within its time. If nobody of you used it, revoke the stranger there.',
    retry: 'never',
  },
  INSTALLER_SPENT: {
    says: 'The installer has no uses left, or its days are over.',
    fix: 'Download a new installer for the organization group in the console.',
    retry: 'never',
  },
  ENROLLMENT_UNANSWERED: {
    says: 'The console did not answer the enrollment. It answers nobody whose code or installer it does not know.',
    fix: 'Create a new code or installer in the console this relay belongs to, and try again.',
    retry: 'never',
  },
  ALREADY_RUNNING: {
    says: 'Another connector runs in this home directory.',
    fix: 'Stop it first, or use another home directory; the details hold its process id.',
    retry: 'never',
  },
  CONSOLE_SILENT: {
    says: 'The relay is reached, but no console answers through it.',
    fix: 'Check in the console under Relay that it is attached to this relay, then try again.',
    retry: 'later',
  },
  CLOCK: {
    says: 'The clock of this host is wrong.',
    fix: 'Set the clock, or start a time service (NTP); the details say how far it is off. Nothing is served until then.',
    retry: 'later',
  },
  NO_TRUST_SET: {
    says: 'The connector has no valid list of whom to trust, so it serves nothing.',
    fix: 'Check that the console is running and attached to the relay; the list is at most 24 hours old at use.',
    retry: 'elsewhere',
  },
  HELLO_REFUSED: {
    says: 'The console did not accept this connector.',
    fix: 'Look in the console under Connectors: a revoked connector has to be enrolled again.',
    retry: 'later',
  },
  RENEWAL_REFUSED: {
    says: 'The console did not renew the certificate of this connector.',
    fix: 'Look in the console under Connectors for its state. It is tried again before the certificate ends.',
    retry: 'later',
  },
  POLICY_BROKEN: {
    says: 'The policy file of this connector cannot be used, so every service is refused.',
    fix: 'Correct policy.toml on the connector’s host; the details name the line or the key. docs/policy.md lists all keys.',
    retry: 'elsewhere',
  },
  POLICY_UNSAFE: {
    says: 'Other users of the connector’s host can change its policy file, so every service is refused.',
    fix: 'Run chmod 644 on policy.toml, and check that nobody has changed it.',
    retry: 'elsewhere',
  },
  POLICY_SERVICE: {
    says: 'The policy file of the connector does not allow this service.',
    fix: 'Add the service to policy.toml on the connector’s host, if it is wanted there.',
    retry: 'elsewhere',
    status: 403,
  },
  POLICY_OPERATION: {
    says: 'The policy file of the connector does not allow this operation.',
    fix: 'Add the operation to its service in policy.toml on the connector’s host, if it is wanted there.',
    retry: 'elsewhere',
    status: 403,
  },
  SWITCHED_OFF: {
    says: 'The cloud connector settings of the organization group switch this off, so the connector refuses it.',
    fix: 'Switch it on in the console, under the cloud connector settings of the group.',
    retry: 'elsewhere',
    status: 409,
  },
  RELAY_NOT_MOVED: {
    says: 'The relay was not reached at the address the console named; the connector stays where it was.',
    fix: 'Check the address in the site URLs, and run on the connector’s host: sallygate connector check',
    retry: 'later',
    status: 502,
  },
  POLICY_COMPONENT: {
    says: 'The policy file of the connector does not allow this part of the console to use the service.',
    fix: 'Add the component to its service in policy.toml on the connector’s host, if it is wanted there.',
    retry: 'elsewhere',
    status: 403,
  },
  POLICY_TARGET: {
    says: 'The policy file of the connector does not allow this server and port.',
    fix: 'Correct the server in the service’s settings, or add host:port to targets in policy.toml on the connector’s host.',
    retry: 'elsewhere',
    status: 403,
  },
  POLICY_ADDRESS: {
    says: 'The server’s name leads to an address that the connector never connects to.',
    fix: 'Correct the name in DNS. A loopback address is reached only when policy.toml names it literally.',
    retry: 'elsewhere',
    status: 403,
  },
  POLICY_GROUP: {
    says: 'The policy file of the connector does not let this organization group use the service.',
    fix: 'Add the group’s id to the groups of the service in policy.toml on the connector’s host, if it is wanted there.',
    retry: 'elsewhere',
    status: 403,
  },
  POLICY_RATE: {
    says: 'The operation was asked for more often than the policy file of the connector allows.',
    fix: 'Wait a minute, or raise the rate in policy.toml on the connector’s host.',
    retry: 'later',
    status: 429,
  },
  TARGET_MALFORMED: {
    says: 'This is not the name or address of a server.',
    fix: 'Write a DNS name, or an IP address in its usual form.',
    retry: 'never',
    status: 400,
  },
  TARGET_NOT_FOUND: {
    says: 'The name of the server is not known on the connector’s host.',
    fix: 'Correct the name, or the DNS servers of the connector’s host.',
    retry: 'elsewhere',
    status: 502,
  },
  SETTINGS_REFUSED: {
    says: 'The connector refused the new settings of a service and goes on with the last good ones.',
    fix: 'Correct the setting that the details name, in Enterprise Services.',
    retry: 'never',
    status: 400,
  },
  SETTINGS_UNREADABLE: {
    says: 'The stored settings of a service cannot be read with this connector’s identity.',
    fix: 'Save the settings again in Enterprise Services; they are sent to every connector of the group.',
    retry: 'later',
  },
  NOT_DONE: {
    says: 'This was not done, and under the key it was asked with it never will be.',
    fix: 'Nothing: it may be asked for anew.',
    retry: 'elsewhere',
    status: 409,
  },
  OPERATION_CRASHED: {
    says: 'The operation ended with an error in Sallygate itself. Other operations are not affected.',
    fix: 'Look in the log of the connector for the request, and report it with the lines around it.',
    retry: 'never',
  },
  RESULT_TOO_LARGE: {
    says: 'The answer is larger than the connector sends in one piece of work.',
    fix: 'Ask for less: fewer attributes, a narrower search, or page by page.',
    retry: 'never',
    status: 413,
  },
  DEADLINE_TOO_SHORT: {
    says: 'Too little time was left to begin the operation.',
    fix: 'Try again. If it happens often, the connector or the relay is overloaded.',
    retry: 'elsewhere',
    status: 504,
  },
  BUSY: {
    says: 'The connector is working at its limit.',
    fix: 'Try again shortly; add a second connector to the group if it happens often.',
    retry: 'elsewhere',
    status: 503,
  },
  DRAINING: {
    says: 'The connector is being stopped and takes no new work.',
    fix: 'Nothing: another connector of the group takes it, or this one when it is back.',
    retry: 'elsewhere',
    status: 503,
  },
  JOURNAL_UNAVAILABLE: {
    says: 'The connector cannot write its journal, so it does nothing that must not happen twice. Look-ups go on.',
    fix: 'Make room on the disk of the connector’s host, or make it writable again. It recovers by itself.',
    retry: 'elsewhere',
    status: 503,
  },
  JOURNAL_DAMAGED: {
    says: 'The connector’s journal is damaged in the middle, or is not a journal.',
    fix: 'Check the disk. When no request has been repeated for 15 minutes, move journal.bin away and restart the connector.',
    retry: 'elsewhere',
    status: 503,
  },
  IDEMPOTENCY_CONFLICT: {
    says: 'The same idempotency key was used before with other parameters.',
    fix: 'Use a new key for a new request.',
    retry: 'never',
    status: 409,
  },
  IN_PROGRESS: {
    says: 'The same request is already running.',
    fix: 'Wait for its answer.',
    retry: 'later',
    status: 409,
  },
  OUTCOME_UNKNOWN: {
    says: 'The connector stopped while it was doing this, so nobody can say whether it took effect.',
    fix: 'Look in the system behind the connector whether it happened, before asking again with a new key.',
    retry: 'never',
    status: 409,
  },
  GENERATION_STALE: {
    says: 'A newer state has already been applied.',
    fix: 'Nothing: the newer one stays.',
    retry: 'never',
    status: 409,
  },
  STATUS_UNREADABLE: {
    says: 'The status file of the connector is not what a connector writes.',
    fix: 'Start the connector again; it writes a new one.',
    retry: 'later',
  },
})
