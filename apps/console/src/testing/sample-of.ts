/**
 * The smallest value a schema takes, so that a test can reach behind the check of a body. Imported only from tests.
 *
 * @module
 */
import { z } from 'zod'
import { describedSchema } from '../http/optional-body.ts'

interface Json {
  readonly type?: string
  readonly properties?: Readonly<Record<string, Json>>
  readonly required?: readonly string[]
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Json[]
  readonly oneOf?: readonly Json[]
  readonly allOf?: readonly Json[]
  readonly items?: Json
  readonly minItems?: number
  readonly minimum?: number
  readonly minLength?: number
  readonly format?: string
}

export function sampleOf(schema: z.ZodType): unknown {
  return sample(
    z.toJSONSchema(describedSchema(schema), { io: 'input', unrepresentable: 'any', reused: 'inline' }) as Json,
  )
}

function sample(json: Json): unknown {
  if (json.const !== undefined) return json.const
  if (json.enum !== undefined) return json.enum[0]
  const [choice] = json.anyOf ?? json.oneOf ?? json.allOf ?? []
  if (choice !== undefined) return sample(choice)
  if (json.type === 'object' || json.properties !== undefined) {
    const { properties = {}, required = [] } = json
    return Object.fromEntries(required.map((name) => [name, sample(properties[name] ?? {})]))
  }
  if (json.type === 'array') return Array.from({ length: json.minItems ?? 0 }, () => sample(json.items ?? {}))
  if (json.type === 'integer' || json.type === 'number') return Math.max(json.minimum ?? 1, 1)
  if (json.type === 'boolean') return true
  if (json.type === 'string')
    return json.format === 'date-time' ? '2027-01-01T00:00:00Z' : 'x'.repeat(Math.max(1, json.minLength ?? 1))
  return {}
}
