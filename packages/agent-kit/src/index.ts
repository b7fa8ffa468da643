/**
 * Reaching a back-end from inside the network: what every agent needs and none owns.
 * It stops where a protocol begins.
 *
 * @module
 */
export {}
