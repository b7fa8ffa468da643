/**
 * What can go wrong in the command itself.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const cliFailure = defineFailures('CLI', {
  NO_CREDENTIALS: {
    says: 'There is no console to ask, or no API key to ask it with.',
    fix: 'Run this where npm start was run, name its --home, or give --console URL and --api-key-file FILE.',
    retry: 'never',
  },
  GROUP_NEEDED: {
    says: 'There is more than one organization group, or none.',
    fix: 'Name one with --group; the details list them.',
    retry: 'never',
  },
  NOT_A_CONSOLE: {
    says: 'There is no console in this home directory.',
    fix: 'Name the directory that holds its master.key with --home.',
    retry: 'never',
  },
  BAD_ARGUMENT: {
    says: 'An argument is not what it has to be.',
    fix: 'The details say which one and what was expected; --help shows an example.',
    retry: 'never',
  },
})
