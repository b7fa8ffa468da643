/**
 * What can go wrong with syslog targets, besides what delivering to them can bring.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const logTargetFailure = defineFailures('LOG_TARGET', {
  NOT_FOUND: {
    says: 'There is no such syslog target in this group.',
    fix: 'sallygate syslog list shows those there are.',
    retry: 'never',
    status: 404,
  },
  TOO_MANY: {
    says: 'The group has as many syslog targets as it can have.',
    fix: 'Remove one that is not needed any more, or let a collector pass events on.',
    retry: 'never',
    status: 409,
  },
  KEY_NEEDED: {
    says: 'A client certificate needs its key, and the stored one is never sent to a new place.',
    fix: 'Give the key of the client certificate (PEM) with this change, or leave the certificate out.',
    retry: 'never',
    status: 422,
  },
  TEMPLATE: {
    says: 'The message template cannot be used.',
    fix: 'The details say what is expected. docs/syslog.md lists the names.',
    retry: 'never',
    status: 400,
  },
  INSTALLATION: {
    says: 'This target is sent what belongs to no group, and only who has the right over the whole installation may set that.',
    fix: 'Leave withInstallation off, or ask an administrator of the installation.',
    retry: 'never',
    status: 403,
  },
  NO_SUCH_EVENT: {
    says: 'There is no event with this number, or none of this group.',
    fix: 'sallygate events shows the numbers there are.',
    retry: 'never',
    status: 404,
  },
})
