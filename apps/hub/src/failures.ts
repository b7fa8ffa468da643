/**
 * What can go wrong with a device agent, in words for whoever sits at the machine.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const hubFailure = defineFailures('HUB', {
  NOT_ENROLLED: {
    says: 'This machine is not enrolled.',
    fix: 'Ask an administrator for an enrollment code, and run: sallygate hub enroll',
    retry: 'never',
  },
  ALREADY_ENROLLED: {
    says: 'This machine is enrolled already.',
    fix: 'Run sallygate hub status. To enroll it anew, run sallygate hub unenroll first.',
    retry: 'never',
  },
  ALREADY_RUNNING: {
    says: 'Another hub runs from this directory.',
    fix: 'Stop that one first; the details say which process it is.',
    retry: 'never',
  },
  BAD_CONSOLE: {
    says: 'This is not the address of a console.',
    fix: 'Give https://host[:port]. Plain http is taken for loopback only.',
    retry: 'never',
  },
  CONSOLE_UNREACHABLE: {
    says: 'The console does not answer.',
    fix: 'Check the network of this machine. The hub tries again by itself, less and less often, at least once an hour.',
    retry: 'later',
  },
  CONSOLE_UNTRUSTED: {
    says: 'The console’s certificate is not trusted on this machine.',
    fix: 'Check the clock of this machine and the name of the console; give its authority with --ca when it is a private one.',
    retry: 'later',
  },
  CODE_REFUSED: {
    says: 'The console does not take this enrollment code.',
    fix: 'Codes are used up, expire and are revoked: ask for a new one.',
    retry: 'never',
  },
  LOGIN_REFUSED: {
    says: 'This code also asks who you are, and the directory does not take this user and password.',
    fix: 'Give your account with --user, as DOMAIN\\user, and its password when you are asked. The code is still good.',
    retry: 'never',
  },
  LOGIN_UNVERIFIED: {
    says: 'The console could not ask the directory who you are. Your password was not found wrong, and the code is still good.',
    fix: 'Try again in a while. If it stays, tell your help desk: the connector of your organization is away, or the directory is.',
    retry: 'later',
  },
  TOO_MANY_ATTEMPTS: {
    says: 'There were too many wrong passwords, so the console asks nobody for a while.',
    fix: 'Wait a minute and try again, with the right password. Nothing is locked for good.',
    retry: 'later',
  },
  CREDENTIAL_REFUSED: {
    says: 'The console does not know this device any more: it was unenrolled, deleted or wiped, or its home was copied from another machine.',
    fix: 'Ask an administrator. To start again: sallygate hub unenroll --forget, then enroll with a new code.',
    retry: 'later',
  },
  SEQUENCE_USED: {
    says: 'The console has heard a check-in with this number, or a higher one. The hub goes on above it.',
    fix: 'Once is what a restored disk looks like. If it goes on, a copy of this hub runs somewhere else: unenroll both.',
    retry: 'later',
  },
  CONSOLE_ANSWER: {
    says: 'The console answered something the hub does not understand.',
    fix: 'Check that the address is the console’s own and no proxy answers in its place; then look whether hub and console are of one release.',
    retry: 'later',
  },
  CONSOLE_BUSY: {
    says: 'The console has no time now.',
    fix: 'Nothing to do: the hub tries again by itself.',
    retry: 'later',
  },
  STATE_DAMAGED: {
    says: 'The hub’s own files are damaged.',
    fix: 'Run sallygate hub unenroll --forget, then enroll with a new code. The details name the file.',
    retry: 'never',
  },
})
