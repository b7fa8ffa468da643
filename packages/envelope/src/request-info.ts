/**
 * HPKE's info of requests: what their contexts are for.
 *
 * @module
 */
import { encodeUtf8 } from '@sallygate/base/bytes'

export const requestInfo = encodeUtf8('sallygate request v1')
