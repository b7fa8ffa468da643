/**
 * What can go wrong between nac and its console.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const feedFailure = defineFailures('NAC_LINK', {
  FILE_MALFORMED: {
    says: 'The console file does not say what it has to.',
    fix: 'Export it anew on the console’s side: sallygate nac export --out FILE',
    retry: 'never',
  },
  UNREACHABLE: {
    says: 'The console does not answer. nac goes on with what it has.',
    fix: 'Check that the console runs and that this machine reaches the address in the console file.',
    retry: 'later',
    status: 503,
  },
  REFUSED: {
    says: 'The console refused nac’s credential.',
    fix: 'If it was revoked, export the console file anew: sallygate nac export --out FILE',
    retry: 'later',
    status: 502,
  },
  ANSWER_UNREADABLE: {
    says: 'What the console answered is not what nac asked for.',
    fix: 'Check that the address in the console file is the console’s, and that both have the same version.',
    retry: 'later',
    status: 502,
  },
})
