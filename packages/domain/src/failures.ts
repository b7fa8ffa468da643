/**
 * What the rules of the tree and of settings pages refuse.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const groupFailure = defineFailures('GROUP', {
  CYCLE: {
    says: 'A group cannot be moved below itself.',
    fix: 'Choose a group outside of the one that is moved.',
    retry: 'never',
    status: 409,
  },
  TOO_DEEP: {
    says: 'Organization groups are at most 12 levels deep.',
    fix: 'Choose a place nearer to the top.',
    retry: 'never',
    status: 409,
  },
  NAME_LOOKS_LIKE: {
    says: 'The name looks like the name of a sibling, letter for letter, and is another one.',
    fix: 'Choose a name that can be told apart on the screen.',
    retry: 'never',
    status: 409,
  },
  NAME_MIXES_SCRIPTS: {
    says: 'A word of the name mixes letters of different alphabets that look alike.',
    fix: 'Write each word in one alphabet.',
    retry: 'never',
    status: 400,
  },
  NOT_EMPTY: {
    says: 'The group is not empty, so it was not deleted.',
    fix: 'Move or delete what the details count first; connectors are revoked.',
    retry: 'never',
    status: 409,
  },
  LAST: {
    says: 'This is the only organization group; there has to be one.',
    fix: 'Make another group first, or rename this one.',
    retry: 'never',
    status: 409,
  },
})

export const pageFailure = defineFailures('PAGE', {
  UNKNOWN: {
    says: 'There is no settings page of this name.',
    fix: 'The details list the pages there are.',
    retry: 'never',
    status: 404,
  },
  INHERIT_ONLY: {
    says: 'A group further up lets this settings page only be inherited.',
    fix: 'Change the page there, or have its child permission changed there.',
    retry: 'never',
    status: 409,
  },
  OVERRIDE_ONLY: {
    says: 'The group above passes no values of this settings page on.',
    fix: 'Give the page values of its own, or have its child permission changed above.',
    retry: 'never',
    status: 409,
  },
})
