/**
 * The console's own failures: one table for what its API can answer.
 *
 * Failures of the packages below keep their own codes; `http/problem.ts` decides
 * which of them a client may see.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const consoleFailure = defineFailures('CONSOLE', {
  UNAUTHENTICATED: {
    says: 'This needs an administrator or an API key, and none that is valid was given.',
    fix: 'Sign in again, or send Authorization: Bearer with an API key, or Basic with name and password of an administrator.',
    retry: 'never',
    status: 401,
  },
  SETUP_CODE_WRONG: {
    says: 'This is not the setup code of this console.',
    fix: 'Read it from the file setup-code in the home directory of the console; every start makes a new one.',
    retry: 'never',
    status: 403,
  },
  TOTP_NEEDED: {
    says: 'The password is right; this account also needs a code of its authenticator.',
    fix: 'Send the code as totp, or a recovery code. Basic cannot carry one: programs use an API key.',
    retry: 'never',
    status: 401,
  },
  TOTP_WRONG: {
    says: 'The code does not fit, or was used before.',
    fix: 'Wait for the next code of the authenticator, and check the clock of the device it is on.',
    retry: 'never',
    status: 400,
  },
  PASSWORD_WRONG: {
    says: 'The current password is not right.',
    fix: 'Type the password you signed in with.',
    retry: 'never',
    status: 403,
  },
  PASSWORD_ELSEWHERE: {
    says: 'This account has no password here: a directory checks it.',
    fix: 'Change the password in the directory.',
    retry: 'never',
    status: 409,
  },
  NOTE_NEEDED: {
    says: 'This cannot be undone, so it needs a note that says why.',
    fix: 'Send the member note with a few words; they are kept in the audit.',
    retry: 'never',
    status: 400,
  },
  PIN_NEEDED: {
    says: 'This organization group asks for a security PIN here, and your account has none.',
    fix: 'Set a security PIN under Your account, then do it again with the PIN.',
    retry: 'never',
    status: 403,
  },
  PIN_WRONG: {
    says: 'This cannot be undone, and the security PIN of your account is missing or not right.',
    fix: 'Send your PIN as pin. If it is lost, another administrator can set your account back.',
    retry: 'never',
    status: 403,
  },
  ROTATION_RUNNING: {
    says: 'The keys of this group are being replaced already.',
    fix: 'Wait until the grace of the old keys ends; the rotation says when. If a key may be stolen, revoke the keys now: that does not wait.',
    retry: 'never',
    status: 409,
  },
  ROLE_BUILT_IN: {
    says: 'Roles that are built in cannot be changed, and their names cannot be used again.',
    fix: 'Make a role of your own with the rights you want.',
    retry: 'never',
    status: 409,
  },
  LAST_ADMINISTRATOR: {
    says: 'Nobody would be left who may do everything and can sign in.',
    fix: 'First make another local account without an end, with the role Administrator over the whole installation.',
    retry: 'never',
    status: 409,
  },
  DIRECTORY_REFUSED: {
    says: 'The password is right, and the directory does not let this account in. The details say why.',
    fix: 'Do what the details say, or ask whoever looks after the directory; then sign in again.',
    retry: 'never',
    status: 401,
  },
  COULD_NOT_VERIFY: {
    says: 'The password could not be verified: the directory of the account cannot be reached. It was not found wrong.',
    fix: 'Look at the connectors of the group, or sign in with a local account.',
    retry: 'later',
    status: 503,
  },
  TOO_MANY_ATTEMPTS: {
    says: 'There were too many wrong passwords or keys.',
    fix: 'Wait as long as the details say, then try again. Nothing is locked for good.',
    retry: 'later',
    status: 429,
  },
  FORBIDDEN: {
    says: 'This request is not allowed.',
    fix: 'Use an account whose role has the right, and call the console by its own address from its own pages.',
    retry: 'never',
    status: 403,
  },
  WRONG_HOST: {
    says: 'The console does not answer under this host name.',
    fix: 'Use the address the console printed when it started, or add the name to the setting allowedHosts.',
    retry: 'never',
    status: 421,
  },
  NOT_FOUND: {
    says: 'There is nothing here.',
    fix: 'Check the address and the name. docs/api.md lists what exists.',
    retry: 'never',
    status: 404,
  },
  INVALID_REQUEST: {
    says: 'The request is not in the form it has to have.',
    fix: 'Correct what the details name. docs/api.md states every field.',
    retry: 'never',
    status: 400,
  },
  TOO_LARGE: {
    says: 'The request is larger or deeper than its limit.',
    fix: 'Send less, or in several requests.',
    retry: 'never',
    status: 413,
  },
  UNSUPPORTED_MEDIA: {
    says: 'The body is not JSON.',
    fix: 'Send application/json in UTF-8.',
    retry: 'never',
    status: 415,
  },
  BUSY: {
    says: 'The console has as much work as it takes at once.',
    fix: 'Try again in a moment; if it stays so, look at the slow services in the log.',
    retry: 'later',
    status: 503,
  },
  KEY_REUSED: {
    says: 'The idempotency key was sent before with another request.',
    fix: 'Make a new key for each new request; send the old one only to repeat the very same.',
    retry: 'never',
    status: 409,
  },
  KEY_IN_PROGRESS: {
    says: 'A request with this idempotency key is in progress.',
    fix: 'Wait a moment and send it again; it is then answered with what came of the first.',
    retry: 'later',
    status: 409,
  },
  KEY_INTERRUPTED: {
    says: 'The console stopped while it carried out the request with this idempotency key; what came of it is not known.',
    fix: 'Look whether it was done, then send it again with a new key if it was not.',
    retry: 'never',
    status: 409,
  },
  BACKUPS_FULL: {
    says: 'There are as many backups in the console’s home as it keeps.',
    fix: 'Download what you want to keep, remove the oldest, and try again.',
    retry: 'never',
    status: 409,
  },
  INTERNAL: {
    says: 'Something in the console is wrong.',
    fix: 'Look in the console log for the trace id of this answer.',
    retry: 'never',
    status: 500,
  },
  NEEDS_TLS: {
    says: 'The console serves other machines only over TLS.',
    fix: 'Set tlsCertificateFile and tlsPrivateKeyFile, or leave host at 127.0.0.1.',
    retry: 'never',
  },
  SERVICE_UNKNOWN: {
    says: 'There is no enterprise service of this name.',
    fix: 'The details list the services this console knows.',
    retry: 'never',
    status: 404,
  },
  SERVICE_OFF: {
    says: 'This enterprise service is off for the organization group.',
    fix: 'Give it settings first: sallygate service set.',
    retry: 'never',
    status: 409,
  },
  DIRECTORY_PASSWORD_NEEDED: {
    says: 'These settings lead to other servers than the stored ones, so the stored bind password does not go along.',
    fix: 'Give the bind password with the settings.',
    retry: 'never',
    status: 409,
  },
  OPERATION_UNKNOWN: {
    says: 'There is no operation of this name.',
    fix: 'docs/api.md lists the operations of every enterprise service.',
    retry: 'never',
    status: 404,
  },
  NO_CONNECTOR_ATTACHED: {
    says: 'No connector of this organization group is attached.',
    fix: 'Start the connector, or enroll one on a server that can reach the service.',
    retry: 'later',
    status: 503,
  },
  CONNECTOR_CLONED: {
    says: 'Two processes may be using the identity of this connector, so it is given no passwords and asked to change nothing.',
    fix: 'Stop one of the two. If you do not know both, revoke the connector and enroll it again.',
    retry: 'later',
    status: 503,
  },
  NO_CONNECTOR_ABLE: {
    says: 'Connectors are attached, but none of them offers this operation.',
    fix: 'Look at the health of the service on the connectors, and at their policy files.',
    retry: 'later',
    status: 503,
  },
  CONNECTORS_PAUSED: {
    says: 'Connectors are attached, but an administrator has them drained or in maintenance.',
    fix: 'Let one of them work again: sallygate connector activate.',
    retry: 'later',
    status: 503,
  },
  CONNECTOR_AWAY: {
    says: 'This connector is not attached to the relay.',
    fix: 'Start it. If it runs, let it say which step fails, on its host: sallygate connector check.',
    retry: 'later',
    status: 503,
  },
  TOO_MANY_TESTS: {
    says: 'There were more than ten connection tests within a minute.',
    fix: 'Wait as long as the details say, then test again.',
    retry: 'later',
    status: 429,
  },
  RELAY_AWAY: {
    says: 'The console has no connection to the relay.',
    fix: 'Look at the relay in the status; the console dials again by itself.',
    retry: 'later',
    status: 503,
  },
  CONNECTOR_BUSY: {
    says: 'The connectors of this organization group take no more work at the moment.',
    fix: 'Try again in a moment, or add a connector to the group.',
    retry: 'later',
    status: 503,
  },
  CONNECTOR_SILENT: {
    says: 'The connector did not answer within the deadline.',
    fix: 'Look at the connector and the service behind it; a longer deadline helps only when the service is slow.',
    retry: 'later',
    status: 504,
  },
  UNKNOWN_OUTCOME: {
    says: 'The console could not verify what happened: the request was handed over and no answer came back.',
    fix: 'Do not take this for a refusal. Check the service itself before trying again.',
    retry: 'never',
    status: 504,
  },
  FIRST_SECRET_UNUSABLE: {
    says: 'The first administrator cannot be made from the given file.',
    fix: 'Put a password of 12 to 1,024 bytes on the first line of the file that the details name.',
    retry: 'never',
  },
  CODE_UNKNOWN: {
    says: 'The enrollment code is not one of this console, or it was revoked.',
    fix: 'Make a new enrollment code for the organization group.',
    retry: 'never',
    status: 400,
  },
  CODE_USED: {
    says: 'The enrollment code has been used before.',
    fix: 'Make a new one. If it was not you who used it, look at the connectors of the group and revoke the stranger.',
    retry: 'never',
    status: 400,
  },
  CODE_EXPIRED: {
    says: 'The enrollment code has expired.',
    fix: 'Make a new one and use it within its time.',
    retry: 'never',
    status: 400,
  },
  INSTALLER_SPENT: {
    says: 'The installer has no uses left, or its days are over.',
    fix: 'Make a new installer for the organization group.',
    retry: 'never',
    status: 400,
  },
  ENROLLMENT_REFUSED: {
    says: 'The enrollment request does not fit what the console gave out.',
    fix: 'Start the enrollment again with a new code or installer.',
    retry: 'never',
    status: 400,
  },
  INSTANCE_REVOKED: {
    says: 'This connector was revoked.',
    fix: 'Enroll it again with a new code if it is to come back.',
    retry: 'never',
    status: 403,
  },
  RELAY_NOT_SET: {
    says: 'No relay is set up.',
    fix: 'Set it up first: PUT /api/relay, or sallygate relay set.',
    retry: 'never',
    status: 409,
  },
})
