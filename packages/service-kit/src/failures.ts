/**
 * Failures that every service shares.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const serviceFailure = defineFailures('SERVICE', {
  UNKNOWN_OPERATION: {
    says: 'This version does not know the operation.',
    fix: 'Bring console and connector to the same version. The details name the operation.',
    retry: 'elsewhere',
    status: 404,
  },
  PARAMETERS_INVALID: {
    says: 'The parameters of the operation are not what it expects.',
    fix: 'Correct the field that the details name.',
    retry: 'never',
    status: 400,
  },
  RESULT_INVALID: {
    says: 'The answer of the operation is not what its contract promises.',
    fix: 'Bring console and connector to the same version, and report it if they are.',
    retry: 'never',
    status: 502,
  },
  SETTINGS_INVALID: {
    says: 'The settings of this service cannot be used.',
    fix: 'Correct the field that the details name, on the settings page of the service.',
    retry: 'never',
    status: 400,
  },
  NOT_ENABLED: {
    says: 'This service is not enabled for the group.',
    fix: 'Enable it under Enterprise Services and fill in its settings.',
    retry: 'never',
    status: 409,
  },
  NOT_STARTED: {
    says: 'This service could not start on the connector.',
    fix: 'The details say why. It is tried again by itself; to see each step, run: sallygate connector check',
    retry: 'elsewhere',
    status: 503,
  },
  DEADLINE: {
    says: 'The time for this request was over before it was done.',
    fix: 'Try again. If it happens often, run Test connection and look which step takes the time.',
    retry: 'later',
    status: 504,
  },
  STOPPED: {
    says: 'The service was stopped or got new settings while it worked on this.',
    fix: 'Try again.',
    retry: 'elsewhere',
    status: 503,
  },
})
