/**
 * How the runtime is told to hold the memory of each part.
 *
 * @module
 */

/**
 * nac holds its whole read-model in memory; a smaller nursery keeps a quarter of that from being garbage in waiting.
 * A connector stands on somebody else's server and is idle most of the day: 16 MiB of nursery, twice, are a third of it.
 * A console that synchronizes a directory fills its nursery as fast as it is emptied, and 4 MiB are emptied as fast as 16.
 */
export const runtimeArgs: Readonly<Record<string, readonly string[]>> = {
  console: ['--max-semi-space-size=4'],
  nac: ['--max-semi-space-size=8'],
  connector: ['--max-semi-space-size=2'],
}

/**
 * The C library keeps what is given back in an arena for each thread: tens of the 300 MB of a console that synchronizes a
 * directory, whose one busy thread gains nothing from more than one.
 */
export const runtimeEnvironment: Readonly<Record<string, string>> = { MALLOC_ARENA_MAX: '1' }
