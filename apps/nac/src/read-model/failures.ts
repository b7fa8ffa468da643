/**
 * What can be wrong with the file nac answers from.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const modelFailure = defineFailures('NAC_STORE', {
  MODEL_FOREIGN: {
    says: 'The file of the read-model holds something else. It was left as it is.',
    fix: 'Move the file in the details away; nac makes a new one and reads everything from the console again.',
    retry: 'never',
  },
  NOTHING_KNOWN: {
    says: 'This nac has never read the console’s feed, so it cannot say anything about any device.',
    fix: 'Let nac reach the console once; its log and `sallygate nac status` name what is in the way.',
    retry: 'later',
    status: 503,
  },
})
