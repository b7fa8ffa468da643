/**
 * The asking half of Workspace ONE's REST API.
 *
 * @module
 */
export { uemClientFailure } from './failures.ts'
export { readUemDevice, type ReadDevice } from './read-device.ts'
export { UemClient, type UemClientOptions, type UemExchange, type UemRequest } from './uem-client.ts'
