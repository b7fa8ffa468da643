/**
 * The domain's door: rules that hold whatever they are stored in.
 *
 * @module
 */
export * from './devices/index.ts'
export * from './directory/index.ts'
export { groupFailure, pageFailure } from './failures.ts'
export { checkNameAgainst, skeletonOf } from './group-name.ts'
export { deepestLevel, GroupTree, type TreeNode } from './group-tree.ts'
export {
  childPermissions,
  differences,
  permissionBelow,
  resolvePage,
  type ChildPermission,
  type EffectivePage,
  type PageMode,
  type PageValue,
  type PageValues,
  type StoredPage,
  type ValueChange,
} from './settings-page.ts'
export * from './mail/delivery.ts'
export * from './nac/index.ts'
