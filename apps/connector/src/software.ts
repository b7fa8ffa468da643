/**
 * What this program calls itself to relay and console: at most 40 bytes.
 *
 * @module
 */
import manifest from '../package.json' with { type: 'json' }

export const software = `sallygate-connector/${manifest.version}`
