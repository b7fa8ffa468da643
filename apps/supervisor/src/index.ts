/**
 * Supervisor: everything of Sallygate on one machine, each part a process of its own.
 *
 * @module
 */
export { ConsoleClient } from './console-client.ts'
export { adminUser, type Credentials } from './credentials.ts'
export { supervisorFailure } from './failures.ts'
export { isOutdated } from './page-build.ts'
export { lastLines } from './part.ts'
export { runtimeArgs } from './runtime-args.ts'
export { defaultPortBase } from './settings-files.ts'
export type { Ready } from './ready.ts'
export { startAll, type Started, type StartEvent, type StartOptions } from './start.ts'
