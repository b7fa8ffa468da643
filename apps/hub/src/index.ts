/**
 * The device agent: enrolls a machine, reports its facts, carries out what it is asked.
 *
 * @module
 */
export { enrollHub, unenrollHub, type EnrollOptions } from './enroll.ts'
export { hubFailure } from './failures.ts'
export type { Enrollment } from './home.ts'
export type { HubStatus } from './hub.ts'
export type { Facts, Identifiers, Observation, Said } from './platform/observation.ts'
export { hubReport, startHub, type HubReport } from './start.ts'
export { thisPlatform } from './this-platform.ts'
