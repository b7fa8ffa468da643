/**
 * What can go wrong when Workspace ONE is asked for its devices.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const uemClientFailure = defineFailures('UEM_CLIENT', {
  CREDENTIALS: {
    says: 'Workspace ONE refused the user, the password or the tenant code (401).',
    fix: 'Check the account, that Basic is allowed for it, and the API key that belongs to its organization group.',
    retry: 'never',
    status: 502,
  },
  NO_RIGHT: {
    says: 'The account of Workspace ONE may not do this (403).',
    fix: 'Give its role the right to read devices over the REST API.',
    retry: 'never',
    status: 502,
  },
  BUSY: {
    says: 'Workspace ONE asks to come back later (429 or 503).',
    fix: 'Ask less often, or ask for a higher limit; the source tries again by itself.',
    retry: 'later',
    status: 503,
  },
  ANSWER_STATUS: {
    says: 'Workspace ONE answered with an error.',
    fix: 'Check the address: it is the API’s own, not the console’s. The details show the status.',
    retry: 'later',
    status: 502,
  },
  ANSWER_UNREADABLE: {
    says: 'The answer is not what Workspace ONE’s REST API answers.',
    fix: 'Check the address; a proxy or a sign-in page may answer in its place.',
    retry: 'never',
    status: 502,
  },
  ENDLESS: {
    says: 'The pages of Workspace ONE never end.',
    fix: 'Check the address: a proxy may answer every page with the first.',
    retry: 'never',
    status: 502,
  },
})
