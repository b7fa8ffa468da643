/**
 * What can be wrong with LDAP itself. Callers put these into words of their own service.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const ldapFailure = defineFailures('LDAP', {
  MALFORMED: {
    says: 'What came is not LDAP as RFC 4511 defines it.',
    fix: 'Check that host and port belong to a directory server. The details say what was wrong.',
    retry: 'elsewhere',
    status: 502,
  },
  OUT_OF_ORDER: {
    says: 'A message came that answers nothing we asked.',
    fix: 'Check that host and port belong to a directory server, and what stands between.',
    retry: 'elsewhere',
    status: 502,
  },
  TOO_LARGE: {
    says: 'A message, or all messages of an answer together, are larger than allowed.',
    fix: 'Ask for fewer attributes or narrow the search.',
    retry: 'never',
    status: 502,
  },
  TOO_MANY_ENTRIES: {
    says: 'An answer has more entries than were asked for.',
    fix: 'Narrow the search.',
    retry: 'never',
    status: 502,
  },
  CLOSED: {
    says: 'The connection was closed before the answer came.',
    fix: 'Try again.',
    retry: 'elsewhere',
    status: 502,
  },
  FILTER_INVALID: {
    says: 'A search filter is not well formed.',
    fix: 'Write it as RFC 4515 says, for instance (objectClass=person). The details say where it went wrong.',
    retry: 'never',
    status: 400,
  },
  NAME_INVALID: {
    says: 'A distinguished name is not well formed.',
    fix: 'Write it as RFC 4514 says, for instance OU=People,DC=example,DC=net.',
    retry: 'never',
    status: 400,
  },
})

/** The one way to say that a peer broke the protocol. */
export const malformed = (why: string) => ldapFailure('MALFORMED', { details: { why } })
