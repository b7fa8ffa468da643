/**
 * How the runtime is told to hold the memory of each part.
 *
 * @module
 */

/**
 * nac holds its whole read-model in memory; a smaller nursery keeps a quarter of that from being garbage in waiting.
 * A connector stands on somebody else's server and is idle most of the day: 16 MiB of nursery, twice, are a third of it.
 */
export const runtimeArgs: Readonly<Record<string, readonly string[]>> = {
  nac: ['--max-semi-space-size=8'],
  connector: ['--max-semi-space-size=2'],
}
