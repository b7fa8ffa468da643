/**
 * The server's half: codec only.
 *
 * @module
 */
export { maxBodyBytes, readBulkValues, readMessageText } from './body.ts'
export { complianceOf, ownershipOf, uemDate, uemDevice, uemSecurity, uemUser, type UemSource } from './device.ts'
export {
  details,
  readUemRequest,
  selectorOf,
  wordOf,
  type Detail,
  type Query,
  type Selector,
  type SelectorWord,
  type UemRequest,
} from './request.ts'
