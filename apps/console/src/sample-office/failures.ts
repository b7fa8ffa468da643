/**
 * What can go wrong with looking into the sample office.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const sampleOfficeFailure = defineFailures('SAMPLE_OFFICE', {
  AWAY: {
    says: 'The sample office does not answer.',
    fix: 'It runs beside npm start; look whether it is up. Without it there is nothing to show here.',
    retry: 'later',
    status: 503,
  },
})
