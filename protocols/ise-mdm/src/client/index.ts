/**
 * The asking half of ISE's MDM API: a client, and the probe built on it.
 *
 * @module
 */
export { readDevicePage, plainMac, type DevicePage, type IseDevice } from './device-list.ts'
export { iseClientFailure, iseReason } from './failures.ts'
export { HttpsExchange, type ExchangeAnswer, type ExchangeOptions, type ExchangeRequest } from './https-exchange.ts'
export { basic, IseClient, type Exchange, type IseCredentials, type Timed } from './ise-client.ts'
export { expectedMs, harmfulMs, summarizeLatency, type Latency } from './latency.ts'
export { readMdmInfo, type ApiVersion as OfferedVersion, type MdmInfo } from './mdm-info.ts'
export { probe, type ProbeOptions, type ProbeReport, type ProbeRow } from './probe.ts'
export { targetOf } from './probe-target.ts'
export {
  criteria as askedCriteria,
  type Criterion as AskedCriterion,
  type DeviceQuery as AskedDevices,
} from './query-path.ts'
export type { Read } from './reader.ts'
export type { ShownCertificate, ShownChain } from './server-certificate.ts'
