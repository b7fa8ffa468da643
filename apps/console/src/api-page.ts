/**
 * docs/api.md, written from the rows of the route table and of the operation table.
 *
 * @module
 */
import type { Operation, OperationTable } from '@sallygate/service-kit'
import { z } from 'zod'
import { describedSchema } from './http/optional-body.ts'
import type { Route } from './http/route.ts'

const head = `# API of the console

Written from the route table (\`node apps/console/src/write-api-page.ts\` renews it; a test refuses a difference).

Everything under \`/api\` speaks JSON and is version 1. Prove who you are with \`Authorization: Bearer sgk_…\` (an API key) or with
Basic and the name and password of an administrator. Members that are not listed are refused. \`:group\` is an id, or a name that only one
group has; \`:connector\` likewise. An address has one spelling: no doubled or trailing slash, escapes as \`encodeURIComponent\` writes them.

A browser signs in with \`POST /api/session\` and is known by the cookie \`sallygate_session\` from then on: half an hour without a request, or
twelve hours, end it. What changes something by cookie needs the header \`x-sallygate: web\` and an Origin of the console. An account with a
second factor needs its code there, so Basic does not work for it.

*needs* names the right: a role is a list of rights, and counts in the group it is given in and below. \`proven\` is anybody who has an
account or key, about himself. Who lacks a right everywhere gets 403; who has it elsewhere gets 404, as for what is not there. What cannot
be undone takes \`{note, pin}\`: an administrator has to give a note, and his PIN if he set one. For an API key the edit right of its role is the
consent, and it is slowed to 20 of these a minute. An address with a backslash does not exist: name \`DOMAIN\\user\` by its id.

Everything that is not what was asked for is an \`application/problem+json\`: \`type\`, \`title\`, \`status\`, \`code\`, \`says\`, \`fix\`,
\`retry\`, \`details\`, \`traceId\`; of a call that failed at a connector also \`connector\` and \`spans\`. [errors.md](errors.md) lists the codes. Whoever is not proven gets 401 for every address under \`/api\`;
what does not exist and what may not be seen answer the same 404.

Lists take \`limit\` (1 to 1000) and \`cursor\`, and answer \`nextCursor\` while there is more; a cursor goes on after the last item, whatever was added or
removed in between. A POST may carry an \`Idempotency-Key\` (8 to 128 visible ASCII characters): for 24 hours the same request with the same key of the same
caller is answered again, with \`idempotent-replayed: true\`, and not done again. Another request with that key is refused with 409, and so is one while the
first is in progress. A refusal that may be corrected or tried again lets the key go.

Limits: a body of 1 MiB and 24 levels, 16 KiB and 64 lines of headers, an address of 2048 characters, 30 seconds for a request to arrive, 30 backups kept.
Wrong passwords and keys cost a growing wait, per account and per address (429 with \`Retry-After\`); nothing is locked for good.

Every request that changes something has a row in the audit log before it is carried out and one after it. The same as OpenAPI 3.1: \`/api/openapi.json\`, as a page: \`/api/reference\`.
`

export function apiPage(routes: readonly Route[], table: OperationTable): string {
  const sections = routes.map(section).join('\n')
  const operations = table.rows.filter(({ name }) => name !== 'instance.configure')
  return `${head}\n## Routes\n\n${overview(routes)}\n${sections}\n## Operations\n\n${operationsHead}\n${operations.map(operationSection).join('\n')}`
}

const operationsHead = `For \`POST /api/groups/:group/call\`. The class says how an operation is delivered: R may be tried at another connector, B at most
once and an unknown end is *could not verify*, S at least once in order, N never blindly again.
`

function overview(routes: readonly Route[]): string {
  const rows = routes.map(({ method, path, policy, says }) => `| ${method} | \`${path}\` | ${policy} | ${says} |`)
  return ['| method | path | needs | what it does |', '| --- | --- | --- | --- |', ...rows, ''].join('\n')
}

function section({ method, path, query, body, result, status, produces }: Route): string {
  const lines = [`### ${method} ${path}`, '']
  const fields = [
    ...described('query', query, 'input'),
    ...(body === undefined ? [] : described('body', describedSchema(body), 'input')),
    ...(produces === 'html' ? ['Answers an HTML page.', ''] : described(`answer ${status}`, result, 'output')),
  ]
  return [...lines, ...fields].join('\n')
}

function operationSection({ name, operation }: { name: string; operation: Operation }): string {
  const { class: operationClass, says, deadlineMs, params, result } = operation
  return [
    `### ${name}`,
    '',
    `${says} Class ${operationClass}, ${deadlineMs / 1000} s unless \`deadlineMs\` says otherwise.`,
    '',
    ...described('parameters', params, 'input'),
    ...described('result', result, 'output'),
  ].join('\n')
}

interface Json {
  readonly type?: string | readonly string[]
  readonly properties?: Readonly<Record<string, Json>>
  readonly required?: readonly string[]
  readonly items?: Json
  readonly enum?: readonly unknown[]
  readonly const?: unknown
  readonly anyOf?: readonly Json[]
  readonly oneOf?: readonly Json[]
  readonly minimum?: number
  readonly maximum?: number
  readonly maxLength?: number
  readonly default?: unknown
  readonly additionalProperties?: Json | boolean
  readonly $ref?: string
}

function described(title: string, schema: z.ZodType, io: 'input' | 'output'): string[] {
  const json = z.toJSONSchema(schema, { io, unrepresentable: 'any', reused: 'inline', cycles: 'ref' }) as Json
  const fields = Object.entries(json.properties ?? {})
  if (fields.length === 0) return []
  return [
    `*${title}*`,
    '',
    ...fields.flatMap(([name, field]) => fieldLines(name, field, json.required?.includes(name) === true, 0)),
    '',
  ]
}

/** Three levels are as much as a page can show. */
const deepest = 3

function fieldLines(name: string, field: Json, isRequired: boolean, depth: number): string[] {
  const optional = isRequired
    ? ''
    : field.default === undefined
      ? ', optional'
      : `, optional: ${JSON.stringify(field.default)}`
  const line = `${'  '.repeat(depth)}- \`${name}\` ${kindOf(field)}${optional}`
  const inner = field.properties ?? field.items?.properties
  const required = field.required ?? field.items?.required
  if (inner === undefined || depth + 1 >= deepest) return [line]
  return [
    line,
    ...Object.entries(inner).flatMap(([key, one]) => fieldLines(key, one, required?.includes(key) === true, depth + 1)),
  ]
}

function kindOf(field: Json): string {
  if (field.enum !== undefined) return field.enum.map((word) => `\`${String(word)}\``).join(' or ')
  if (field.const !== undefined) return `\`${JSON.stringify(field.const).replaceAll('"', '')}\``
  const choices = field.anyOf ?? field.oneOf
  if (choices !== undefined) return [...new Set(choices.map(kindOf))].join(' or ')
  if (field.items !== undefined) return `list of ${kindOf(field.items)}`
  if (field.type === 'integer' || field.type === 'number') return `${field.type}${range(field)}`
  if (field.type === 'string')
    return field.maxLength === undefined ? 'text' : `text of at most ${field.maxLength} characters`
  return (
    { object: 'object', boolean: '`true` or `false`', null: '`null`', array: 'list' }[String(field.type)] ?? 'anything'
  )
}

function range({ minimum, maximum }: Json): string {
  const isReal = (bound: number | undefined) => bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER
  if (isReal(minimum) && isReal(maximum)) return `, ${minimum} to ${maximum}`
  if (isReal(maximum)) return `, at most ${maximum}`
  return isReal(minimum) ? `, at least ${minimum}` : ''
}
