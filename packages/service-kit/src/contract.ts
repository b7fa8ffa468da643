/**
 * Contracts: what a service can be asked, what it answers, how it is set up.
 *
 * Both ends import a contract, so it holds schemas and words and never I/O. The
 * class of an operation decides how the console may deliver it; it is data here
 * and nowhere else.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { z } from 'zod'
import { serviceFailure } from './failures.ts'
import { isSecret, type SettingsDeclaration } from './settings.ts'

/** How an operation may be delivered. DESIGN 7 is the rule, this is its index. */
export const operationClasses = {
  R: 'read: may be tried elsewhere',
  B: 'password check: at most once after dispatch; unknown is never "wrong"',
  S: 'set state: at least once, ordered by generation',
  N: 'not repeatable: journalled before it acts, reconciled, never retried blindly',
  O: 'outbox: durable queue, at least once, stable ids',
  J: 'job: resumable pages with a checkpoint in the console',
} as const

export type OperationClass = keyof typeof operationClasses

export interface Operation<Params extends z.ZodType = z.ZodType, Result extends z.ZodType = z.ZodType> {
  readonly class: OperationClass
  /** What it does, for people. A sentence. */
  readonly says: string
  readonly params: Params
  readonly result: Result
  /** Names of top-level parameters that are secret; they never reach a log, a trace or a stored request. */
  readonly secretParams: readonly string[]
  /** How long the console waits unless the caller says otherwise. */
  readonly deadlineMs: number
  /** With less time left than this it is not begun. */
  readonly leastMs: number
  /** Whether these parameters, as its schema has read them, ask for so much that others go first. */
  readonly isBulk: (params: unknown) => boolean
  /** Settings somebody is still writing may come with it; it then runs on those alone, also where the service is off. */
  readonly draft: Draft | undefined
}

export interface Draft {
  /** The top-level parameter they come in. */
  readonly param: string
  /** What a service is started with; a draft may leave out what stored settings must have. */
  readonly settle: (draft: unknown) => unknown
}

/** The draft in parameters that need not have been read yet; `undefined` without one. */
export function draftIn({ draft }: Operation, params: unknown): unknown {
  if (draft === undefined || typeof params !== 'object' || params === null) return undefined
  return Object.hasOwn(params, draft.param) ? (params as Readonly<Record<string, unknown>>)[draft.param] : undefined
}

type OperationInput<Params extends z.ZodType, Result extends z.ZodType> = Omit<
  Operation<Params, Result>,
  'secretParams' | 'isBulk' | 'draft'
> & {
  readonly draft?: Draft
  readonly secretParams?: readonly string[]
  readonly isBulk?: (params: z.infer<Params>) => boolean
}

export function operation<Params extends z.ZodType, Result extends z.ZodType>(
  input: OperationInput<Params, Result>,
): Operation<Params, Result> {
  if (input.leastMs > input.deadlineMs) throw new Error('an operation needs more time than it has')
  const { isBulk } = input
  return {
    ...input,
    secretParams: input.secretParams ?? [],
    draft: input.draft,
    isBulk: (params) => isBulk?.(params as z.infer<Params>) ?? false,
  }
}

export type Operations = Readonly<Record<string, Operation>>

export interface Contract<
  Name extends string = string,
  Settings extends z.ZodObject = z.ZodObject,
  Ops extends Operations = Operations,
> {
  readonly name: Name
  readonly version: number
  /** The name people know it by: `Directory`. */
  readonly title: string
  readonly settings: SettingsDeclaration<Settings>
  readonly operations: Ops
  /** What this version can do beyond its operations, as words both ends compare: `paging`, `startTls`. */
  readonly abilities: readonly string[]
  /** Kinds of limit that a connector's policy file may set per acting group, with what each means. */
  readonly limits: Readonly<Record<string, string>>
  /** Settings that are sealed when stored and never shown again. */
  readonly secretFields: readonly string[]
}

interface ContractInput<Settings extends z.ZodObject, Ops extends Operations> {
  readonly title: string
  readonly settings: SettingsDeclaration<Settings>
  readonly operations: Ops
  readonly abilities?: readonly string[]
  readonly limits?: Readonly<Record<string, string>>
}

export function defineContract<const Name extends string, Settings extends z.ZodObject, const Ops extends Operations>(
  name: Name,
  version: number,
  input: ContractInput<Settings, Ops>,
): Contract<Name, Settings, Ops> {
  const fields = Object.keys(input.settings.schema.shape)
  for (const named of [...Object.keys(input.settings.classification), ...input.settings.erasesSecrets]) {
    if (!fields.includes(named)) throw new Error(`${name} has no setting ${named}`)
  }
  return {
    name,
    version,
    title: input.title,
    settings: input.settings,
    operations: input.operations,
    abilities: input.abilities ?? [],
    limits: input.limits ?? {},
    secretFields: fields.filter((field) => isSecret(input.settings, field)),
  }
}

export type SettingsOf<C> = C extends Contract<string, infer Settings, Operations> ? z.infer<Settings> : never
export type OperationsOf<C> = C extends Contract<string, z.ZodObject, infer Ops> ? Ops : never
export type ParamsOf<C, K extends keyof OperationsOf<C>> =
  OperationsOf<C>[K] extends Operation<infer Params> ? z.infer<Params> : never
/** Parameters as a caller writes them, before defaults. */
export type ParamsInputOf<C, K extends keyof OperationsOf<C>> =
  OperationsOf<C>[K] extends Operation<infer Params> ? z.input<Params> : never
export type ResultOf<C, K extends keyof OperationsOf<C>> =
  OperationsOf<C>[K] extends Operation<z.ZodType, infer Result> ? z.infer<Result> : never

/** @throws SERVICE_PARAMETERS_INVALID, naming the field and never its value. */
export function parseParams<P extends z.ZodType>(of: Operation<P>, value: unknown): z.infer<P> {
  return parse(of.params, value, 'PARAMETERS_INVALID')
}

/** @throws SERVICE_RESULT_INVALID. The other end is not believed either. */
export function parseResult<R extends z.ZodType>(of: Operation<z.ZodType, R>, value: unknown): z.infer<R> {
  return parse(of.result, value, 'RESULT_INVALID')
}

/** @throws SERVICE_SETTINGS_INVALID. */
export function parseSettings<C extends Contract>(contract: C, value: unknown): SettingsOf<C> {
  return parse(contract.settings.schema, value, 'SETTINGS_INVALID') as SettingsOf<C>
}

function parse<S extends z.ZodType>(
  schema: S,
  value: unknown,
  code: 'PARAMETERS_INVALID' | 'RESULT_INVALID' | 'SETTINGS_INVALID',
): z.infer<S> {
  const parsed = schema.safeParse(value)
  if (parsed.success) return parsed.data
  throw asFailure(code, parsed.error.issues[0], schema)
}

function asFailure(
  code: Parameters<typeof serviceFailure>[0],
  issue: z.core.$ZodIssue | undefined,
  schema: z.ZodType,
): Failure {
  const field = (issue?.path ?? []).map(String).join('.').slice(0, 100)
  // A schema's own words name kinds and bounds, never the value; a key nobody knows is the caller's text and is left out.
  const expected =
    issue?.code === 'unrecognized_keys' ? known(schema, issue.path) : (issue?.message ?? '').slice(0, 200)
  return serviceFailure(code, { details: { field: field === '' ? '(all)' : field, expected } })
}

/** Beside the names there are, a misspelt one is found at a glance. */
function known(schema: z.ZodType, path: readonly PropertyKey[]): string {
  if (path.length > 0 || !('shape' in schema)) return 'only fields that exist'
  return `only fields that exist: ${Object.keys(schema.shape as object).join(', ')}`.slice(0, 1000)
}
