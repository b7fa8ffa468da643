/**
 * What the inventory refuses.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const deviceFailure = defineFailures('DEVICE', {
  NOT_FOUND: {
    says: 'There is no such device.',
    fix: 'Look it up in the list of devices; it may have been deleted, or be in a group you do not see.',
    retry: 'never',
    status: 404,
  },
  NOT_ENROLLED: {
    says: 'The device is not enrolled, so nothing can be asked of it.',
    fix: 'Enroll it again with a code of its organization group.',
    retry: 'never',
    status: 409,
  },
  HAS_NO_AGENT: {
    says: 'No agent on this device takes commands: it is only inventoried, or another MDM manages it.',
    fix: 'Run sallygate hub enroll on the device, or ask the MDM that reports it.',
    retry: 'never',
    status: 409,
  },
  FULL_WIPE_OFF: {
    says: 'Wiping whole devices is off for the group of this device.',
    fix: 'If you mean it, allow it on the devices settings page of the group; an enterprise wipe needs no permission.',
    retry: 'never',
    status: 409,
  },
  TOO_MANY_COMMANDS: {
    says: 'More wipes were asked for in a minute than one caller may.',
    fix: 'Wait a minute. If it was not you, find out who uses this account: it may be a key that leaked.',
    retry: 'later',
    status: 429,
  },
  COMMAND_NOT_WAITING: {
    says: 'There is no such command that still waits.',
    fix: 'Look at the commands of the device: it was done, has ended, or is of another device.',
    retry: 'never',
    status: 404,
  },
  CODE_REFUSED: {
    says: 'The enrollment code is not known, was used up, has ended or was revoked.',
    fix: 'Ask who gave it to you for another one. It is typed exactly as it was shown.',
    retry: 'never',
    status: 403,
  },
  LOGIN_NEEDED: {
    says: 'This code asks who you are, and the directory did not accept the name and password.',
    fix: 'Give your user name as DOMAIN\\user, and your password of the directory.',
    retry: 'never',
    status: 403,
  },
  CREDENTIAL_REFUSED: {
    says: 'This device is not enrolled here, or was un-enrolled.',
    fix: 'On the device, run: sallygate hub enroll. If it was to leave, remove the agent.',
    retry: 'never',
    status: 401,
  },
  REPLAYED: {
    says: 'A check-in with this number, or a higher one, was here before.',
    fix: 'The agent goes on with a number above the one in the details. If it runs once only, find out who repeats its messages.',
    retry: 'later',
    status: 409,
  },
  STATEMENT_UNUSABLE: {
    says: 'What the agent signed cannot be read.',
    fix: 'Update the agent on the device to the version of the console.',
    retry: 'never',
    status: 400,
  },
})

export const policyFailure = defineFailures('POLICY', {
  NOT_FOUND: {
    says: 'There is no such compliance policy.',
    fix: 'Look it up in the list of policies of the group.',
    retry: 'never',
    status: 404,
  },
  GROUP_OUTSIDE: {
    says: 'A policy can only name groups at or below its own.',
    fix: 'Make it in a group above all that it is for.',
    retry: 'never',
    status: 409,
  },
})
