/**
 * What administrators and nacs are refused about nac.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const nacDeskFailure = defineFailures('NAC_DESK', {
  USER_TAKEN: {
    says: 'There is an account of nac with this user already.',
    fix: 'Choose another user, or change the account that is there.',
    retry: 'never',
    status: 409,
  },
  USER_UNUSABLE: {
    says: 'HTTP Basic cannot carry this user, or a directory account is not written as DOMAIN\\user.',
    fix: 'Leave out colons and control characters; write a directory account as DOMAIN\\user.',
    retry: 'never',
    status: 400,
  },
  SECRET_SHORT: {
    says: 'The secret is shorter than 12 characters.',
    fix: 'Give a longer one, or none: then one is made.',
    retry: 'never',
    status: 400,
  },
  SECRET_ELSEWHERE: {
    says: 'A directory account has no secret here: the directory checks its password.',
    fix: 'Change the password in the directory.',
    retry: 'never',
    status: 409,
  },
  NOT_RENEWABLE: {
    says: 'This certificate was not issued by this console to a nac, so it is not renewed here.',
    fix: 'Renew it where it came from, or have the console issue one.',
    retry: 'never',
    status: 409,
  },
})
