/**
 * What can go wrong when everything is started on one machine.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const supervisorFailure = defineFailures('SUPERVISOR', {
  ALREADY_RUNNING: {
    says: 'Sallygate already runs from this home directory.',
    fix: 'Use it (the details say where), stop it with Ctrl-C where it was started, or give another --home and --port-base.',
    retry: 'never',
  },
  PART_FAILED: {
    says: 'A part of Sallygate did not start.',
    fix: 'The details name the part and its log; its last lines are printed above.',
    retry: 'never',
  },
  PART_SLOW: {
    says: 'A part of Sallygate did not become ready in time.',
    fix: 'Look into its log, which the details name. On a very busy machine, start again.',
    retry: 'later',
  },
  CONSOLE_UNREACHABLE: {
    says: 'The console does not answer.',
    fix: 'Check that it runs (sallygate status) and that the address is right.',
    retry: 'later',
    status: 503,
  },
  PASSWORD_FILE: {
    says: 'The password file holds no usable password.',
    fix: 'Write one line of 12 to 1,024 bytes into it and make it readable for you alone (chmod 600).',
    retry: 'never',
  },
})
