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
  BUSY: {
    says: 'The source is being asked already.',
    fix: 'Wait until it is done; sallygate source list shows how it went.',
    retry: 'later',
    status: 409,
  },
})
