/**
 * A body that may be left out altogether: then every member has its default.
 *
 * @module
 */
import { z } from 'zod'

/** The schema inside, for the page that describes the API: a preprocess step has no description of its own. */
const inside = new WeakMap<z.ZodType, z.ZodType>()

export function optionalBody<S extends z.ZodObject>(schema: S) {
  const wrapped = z.preprocess((body) => body ?? {}, schema)
  inside.set(wrapped, schema)
  return wrapped
}

export function describedSchema(schema: z.ZodType): z.ZodType {
  return inside.get(schema) ?? schema
}
