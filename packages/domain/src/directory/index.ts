/**
 * The rules of directory sync, without storage and without a directory.
 *
 * @module
 */
export { transitiveMembers, type Memberships } from './closure.ts'
export {
  differenceOf,
  memberDifference,
  objectChanges,
  type ObjectChange,
  type ObjectDifference,
} from './difference.ts'
export {
  fieldsText,
  flagsOf,
  hasFlag,
  objectFlags,
  objectText,
  parentKey,
  shownName,
  type DirectoryKind,
  type DirectoryObject,
} from './object.ts'
export { trippedBy, type RunWeight, type Safeguards, type Tripped } from './safeguards.ts'
export { isFullDue, isRunDue, nextRunMs, type SyncHistory, type SyncRhythm } from './schedule.ts'
