/**
 * What can go wrong with runs of a directory sync, besides what reading a directory can bring.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const syncFailure = defineFailures('DIRECTORY_SYNC', {
  OFF: {
    says: 'Nothing is synchronized for this group: its directory service is off, or its sync is.',
    fix: 'Turn both on in the directory settings of the group.',
    retry: 'never',
    status: 409,
  },
  INHERITED: {
    says: 'This group uses the directory of a group above it; that one synchronizes.',
    fix: 'Start the sync in the group that the details name, or give this group directory settings of its own.',
    retry: 'never',
    status: 409,
  },
  PREVIEW_FIRST: {
    says: 'The first sync of a directory wants a preview that somebody has looked at.',
    fix: 'Start a preview, look at what it would do, and release it. To go without one, say so: withoutPreview.',
    retry: 'never',
    status: 409,
  },
  BUSY: {
    says: 'A run of this group is under way.',
    fix: 'Wait until it has ended, or stop it.',
    retry: 'later',
    status: 409,
  },
  NOT_WAITING: {
    says: 'This run waits for nobody: it has ended, or another one came after it.',
    fix: 'Start a new preview or run.',
    retry: 'never',
    status: 409,
  },
  READ_OTHERWISE: {
    says: 'The directory settings have changed since this run read the directory. What it would put into force is not what they say.',
    fix: 'Start a new preview or run; it reads with the settings of now.',
    retry: 'never',
    status: 409,
  },
  NOBODY_USABLE: {
    says: 'Not one entry of the directory has the object identifier of the settings. Nothing was changed.',
    fix: 'Correct the object identifier in the directory settings, or let the bind account read it. sallygate directory preview shows one entry.',
    retry: 'never',
    status: 502,
  },
  ENDLESS: {
    says: 'The directory gave more entries than any directory has, and did not come to an end. Nothing was changed.',
    fix: 'Look at the log of the directory server. If it is right, narrow the base DN or the filters in the directory settings.',
    retry: 'never',
    status: 502,
  },
  STUCK: {
    says: 'The run made no progress for a quarter of an hour and was given up. Nothing was changed.',
    fix: 'The details hold what it was waiting for last.',
    retry: 'later',
    status: 504,
  },
})
