/**
 * The floor's own failures.
 *
 * @module
 */
import { defineFailures } from './failure.ts'

export const baseFailure = defineFailures('BASE', {
  MALFORMED: {
    says: 'The data is not in the form it has to have.',
    fix: 'Send the form that the protocol or the documentation states. The details name what was expected.',
    retry: 'never',
    status: 400,
  },
  TOO_LARGE: {
    says: 'The data is larger, longer or deeper than its limit.',
    fix: 'Send less, or in several parts. The details name the limit.',
    retry: 'never',
    status: 413,
  },
  INTERNAL: {
    says: 'Something in Sallygate is wrong.',
    fix: 'Look in the log for this code and its cause, and report it with the lines around it.',
    retry: 'never',
    status: 500,
  },
})

export const settingsFailure = defineFailures('SETTINGS', {
  UNKNOWN: {
    says: 'A setting has a name that does not exist.',
    fix: 'Correct the name; the details say which one it was and which known name is nearest.',
    retry: 'never',
    status: 400,
  },
  MISSING: {
    says: 'A setting that has no default is not given.',
    fix: 'Give it in the settings file or on the command line. docs/settings.md says what it is for.',
    retry: 'never',
    status: 400,
  },
  FILE_MALFORMED: {
    says: 'The settings file is not a JSON object.',
    fix: 'Write it as one JSON object, { "name": value, … }; docs/settings.md lists the names. The details say where it is.',
    retry: 'never',
    status: 400,
  },
  INVALID: {
    says: 'A setting has a value it cannot have.',
    fix: 'Give a value of the kind the details name. docs/settings.md lists them.',
    retry: 'never',
    status: 400,
  },
})

export const fileFailure = defineFailures('FILE', {
  NOT_PRIVATE: {
    says: 'A file that holds a secret can be read by other users of this machine.',
    fix: 'Run chmod 600 on it, and replace the secret if others may have read it.',
    retry: 'never',
  },
  MISSING: {
    says: 'A file that is needed is not there.',
    fix: 'Restore it from a backup, or check the path in the details.',
    retry: 'never',
  },
  UNREADABLE: {
    says: 'A file cannot be read.',
    fix: 'Check its owner and permissions; the details name it.',
    retry: 'never',
  },
  DISK_FULL: {
    says: 'The disk is full.',
    fix: 'Make room on the file system in the details. Sallygate goes on by itself when there is space.',
    retry: 'later',
    status: 507,
  },
  CANNOT_WRITE: {
    says: 'A file cannot be written.',
    fix: 'Check that the directory exists, is writable and is not mounted read-only.',
    retry: 'later',
    status: 507,
  },
})

export const listenFailure = defineFailures('LISTEN', {
  PORT_TAKEN: {
    says: 'Another program uses this port.',
    fix: 'Stop that program, or start Sallygate with --port-base and another number.',
    retry: 'never',
  },
  NOT_ALLOWED: {
    says: 'This user may not use this address or port.',
    fix: 'Choose a port above 1023, or an address that belongs to this machine.',
    retry: 'never',
  },
})
