/**
 * A body that may be left out altogether: then every member has its default.
 *
 * @module
 */
import { z } from 'zod'

export function optionalBody<S extends z.ZodObject>(schema: S) {
  return z.preprocess((body) => body ?? {}, schema)
}
