/**
 * What can be wrong with the feed between console and nac.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const nacFailure = defineFailures('NAC', {
  FEED_FORGED: {
    says: 'A page of the feed is not signed by the console this nac belongs to.',
    fix: 'Find out who answers in the place of the console. After a new installation of the console, export the nac file anew.',
    retry: 'later',
    status: 502,
  },
  FEED_OUT_OF_ORDER: {
    says: 'A page of the feed is not the one that was asked for.',
    fix: 'If it happens again, something between nac and console repeats or keeps back answers.',
    retry: 'later',
    status: 502,
  },
  FEED_TOO_NEW: {
    says: 'The console writes a feed that this nac is too old to read. It goes on with what it has.',
    fix: 'Update nac to the version of the console.',
    retry: 'later',
    status: 502,
  },
  RECORD_UNKNOWN: {
    says: 'A record of the feed is of a kind that does not exist, or about another thing than it says.',
    fix: 'Update nac to the version of the console; if both are the same, report it.',
    retry: 'never',
    status: 500,
  },
})
