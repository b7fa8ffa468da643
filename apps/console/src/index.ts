/**
 * The console: groups, certificates, settings, the console end of every envelope, the REST API.
 *
 * @module
 */
export { startConsole, type Console, type ConsoleHost } from './console.ts'
export { consoleSettings, type ConsoleSettings } from './settings.ts'
export { consoleFailure } from './failures.ts'
export { version } from './version.ts'
