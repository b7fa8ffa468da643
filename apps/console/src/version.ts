/**
 * @module
 */
export const version = '0.1.0'

/** What the console says of itself to its relay. At most 40 bytes. */
export const software = `sallygate-console/${version}`
