/**
 * What can go wrong with other MDM servers as sources, besides what asking them can bring.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const sourceFailure = defineFailures('SOURCE', {
  NOT_FOUND: {
    says: 'There is no such source in this group.',
    fix: 'sallygate source list shows those there are.',
    retry: 'never',
    status: 404,
  },
  PASSWORD_NEEDED: {
    says: 'Where a source is asked, or how its certificate is judged, was changed without giving its password again.',
    fix: 'Give the password (and the tenant code) with the change: a stored one is never sent to a new place.',
    retry: 'never',
    status: 422,
  },
  LOOP: {
    says: 'This source answers with what this console itself knows: it is a nac of this console, or of one that reads from this console.',
    fix: 'Remove the source, or on the other console the one that leads here. Nothing was taken from it.',
    retry: 'never',
    status: 409,
  },
  BUSY: {
    says: 'The source is being asked already.',
    fix: 'Wait until it is done; sallygate source list shows how it went.',
    retry: 'later',
    status: 409,
  },
})
