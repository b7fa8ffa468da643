/**
 * The server's half of Cisco ISE's MDM API: codec only.
 *
 * @module
 */
export {
  contentType,
  writeError,
  writeInfo,
  writeList,
  writeResults,
  type DeviceResult,
  type InfoAnswer,
  type ListAnswer,
  type ListedDevice,
  type ToldDevice,
} from './answer.ts'
export { maxBodyBytes, readBatch, readIdentifiers, readMessage, type MessageBody } from './body.ts'
export { readMacAddress } from './mac-address.ts'
export {
  decodePercent,
  queryOf,
  readParameters,
  type DeviceQuery,
  type DevicesAsked,
  type Parameters,
} from './query.ts'
export {
  actions,
  apiPath,
  newestVersion,
  readIseRequest,
  type Action,
  type ApiVersion,
  type IseRequest,
} from './request.ts'
