/**
 * The OpenAPI document (3.1), made from the rows of the route table.
 *
 * @module
 */
import { z } from 'zod'
import { describedSchema } from '../http/optional-body.ts'
import type { Route } from '../http/route.ts'
import { version } from '../version.ts'
import { exampleOf } from './examples.ts'
import { problemResponse, problemSchema, problemStatuses, securitySchemes } from './problems.ts'

/** As much of a JSON Schema as anything here looks at. */
export interface JsonSchema {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, JsonSchema>>
  readonly required?: readonly string[]
  readonly [member: string]: unknown
}

export interface Parameter {
  readonly name: string
  readonly in: 'path' | 'query' | 'header'
  readonly required: boolean
  readonly description?: string
  readonly schema: JsonSchema
}

export interface Operation {
  readonly operationId: string
  readonly tags: readonly string[]
  readonly summary: string
  readonly 'x-sallygate-policy': string
  readonly 'x-sallygate-scope': string
  readonly security: readonly Readonly<Record<string, readonly string[]>>[]
  readonly parameters: readonly Parameter[]
  readonly requestBody?: {
    readonly required: boolean
    readonly content: Readonly<Record<string, { readonly schema: JsonSchema; readonly example?: unknown }>>
  }
  readonly responses: Readonly<Record<string, unknown>>
}

export type OpenApiDocument = ReturnType<typeof openApiDocument>

export function openApiDocument(routes: readonly Route[]) {
  const paths: Record<string, Record<string, Operation>> = {}
  for (const row of routes) {
    const path = row.path.replaceAll(/:([a-zA-Z]+)/g, '{$1}')
    paths[path] = { ...paths[path], [row.method.toLowerCase()]: operationOf(row) }
  }
  return {
    openapi: '3.1.1',
    info: {
      title: 'Sallygate console',
      version,
      summary: 'Everything the pages and the command line do.',
      description:
        'Members that are not listed are refused. `group` is an id, or a name that only one group has; `connector` likewise. ' +
        'Lists take `limit` and `cursor` and answer `nextCursor` while there is more. A POST with an `Idempotency-Key` is done once in 24 hours. ' +
        'Bodies hold at most 1 MiB, headers 16 KiB; a request has 30 seconds to arrive.',
    },
    jsonSchemaDialect: 'https://json-schema.org/draft/2020-12/schema',
    servers: [{ url: '/', description: 'This console' }],
    tags: [...new Set(routes.map(tagOf))].map((name) => ({ name })),
    paths,
    components: {
      schemas: { Problem: problemSchema },
      responses: { Problem: problemResponse },
      securitySchemes,
    },
  }
}

function operationOf(row: Route): Operation {
  const isPublic = row.policy === 'public'
  const body = row.body === undefined ? undefined : jsonSchemaOf(describedSchema(row.body), 'input')
  const example = exampleOf(row)
  return {
    operationId: operationIdOf(row),
    tags: [tagOf(row)],
    summary: row.says,
    'x-sallygate-policy': row.policy,
    'x-sallygate-scope': row.scope,
    security: isPublic ? [] : [{ apiKey: [] }, { password: [] }, { session: [] }],
    parameters: [
      ...parametersOf('path', row.params),
      ...parametersOf('query', row.query),
      ...(row.method === 'POST' && !isPublic ? [idempotencyKey] : []),
    ],
    ...(body === undefined || row.body === undefined
      ? {}
      : {
          requestBody: {
            required: !row.body.safeParse(undefined).success,
            content: { 'application/json': { schema: body, ...(example === undefined ? {} : { example }) } },
          },
        }),
    responses: { [row.status]: answerOf(row), ...problemsOf(isPublic) },
  }
}

function problemsOf(isPublic: boolean): Readonly<Record<string, unknown>> {
  const problem = { $ref: '#/components/responses/Problem' }
  const statuses = isPublic ? ['400', '429', 'default'] : problemStatuses
  return Object.fromEntries(statuses.map((status) => [status, problem]))
}

const mediaTypes = {
  json: 'application/json',
  html: 'text/html',
  css: 'text/css',
  csv: 'text/csv',
  jsonLines: 'application/x-ndjson',
  metrics: 'text/plain',
  file: 'application/octet-stream',
} as const

function answerOf(row: Route): unknown {
  // What is no JSON has no schema to be described by (3.1: an empty one).
  const schema = row.produces === 'json' ? jsonSchemaOf(row.result, 'output') : {}
  return {
    description: row.status === 201 ? 'Made.' : 'What was asked for.',
    content: { [mediaTypes[row.produces]]: { schema } },
  }
}

const idempotencyKey: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  required: false,
  description: 'Sent again with the same key within 24 hours, the request is answered again and not done again.',
  schema: { type: 'string', minLength: 8, maxLength: 128 },
}

function parametersOf(place: 'path' | 'query', schema: z.ZodType): readonly Parameter[] {
  const { properties = {}, required = [] } = jsonSchemaOf(schema, 'input')
  return Object.entries(properties).map(([name, one]) => ({
    name,
    in: place,
    required: place === 'path' || required.includes(name),
    schema: one,
  }))
}

export function jsonSchemaOf(schema: z.ZodType, io: 'input' | 'output'): JsonSchema {
  const { $schema: _dialect, ...json } = z.toJSONSchema(schema, {
    io,
    unrepresentable: 'any',
    reused: 'inline',
    target: 'draft-2020-12',
  })
  return json as JsonSchema
}

/** `postGroupsByGroupEnrollmentCodes`: from method and address, so it changes only when they do. */
export function operationIdOf({ method, path }: Pick<Route, 'method' | 'path'>): string {
  const words = path.split(/[/.-]/).filter((word) => word !== '' && word !== 'api')
  const named = words.map((word) => (word.startsWith(':') ? `By${upper(word.slice(1))}` : upper(word)))
  return `${method.toLowerCase()}${named.join('') || 'FrontPage'}`
}

const upper = (word: string) => word.charAt(0).toUpperCase() + word.slice(1)

function tagOf({ path }: Pick<Route, 'path'>): string {
  const [first = '', second = '', third] = path.split('/').slice(1)
  if (first !== 'api') return 'public'
  if (second === 'openapi.json') return 'reference'
  const [, , , , fourth] = path.split('/')
  return second === 'groups' && third !== undefined && fourth !== undefined && !fourth.startsWith(':') ? fourth : second
}
