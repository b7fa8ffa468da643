/**
 * Testkit: what tests of several packages share. Imported only from tests.
 *
 * @module
 */
export * from './fake-clock.ts'
export * from './vectors.ts'
