/**
 * What can go wrong between a peer and the relay, in the words an administrator sees.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const hopFailure = defineFailures('HOP', {
  BAD_FRAME: {
    says: 'The other side sent something that is not a frame.',
    fix: 'Check that both ends run a supported version and that the URL leads to a Sallygate relay.',
    retry: 'later',
  },
  BAD_SECURE_CHANNEL: {
    says: 'The secure-channel file is not one that a console exported.',
    fix: 'Export it again in the console under Relay > Secure channel, and copy it unchanged.',
    retry: 'never',
  },
  ADMISSION_MALFORMED: {
    says: 'The admission list is not in the form it has to have.',
    fix: 'Check that console and relay run supported versions.',
    retry: 'never',
  },
  ADMISSION_BAD_SIGNATURE: {
    says: 'The admission list is not signed by a console of the secure-channel file.',
    fix: 'Export the secure channel in the console again and import it at the relay.',
    retry: 'never',
  },
  ADMISSION_WRONG_RELAY: {
    says: 'The admission list was made for another relay.',
    fix: 'Import the secure-channel file that the console exported for this relay.',
    retry: 'never',
  },
  ADMISSION_STALE: {
    says: 'The admission list is older than the one that is already in force.',
    fix: 'If the console was restored from a backup, raise its admission number above the one in the details.',
    retry: 'never',
  },
})
