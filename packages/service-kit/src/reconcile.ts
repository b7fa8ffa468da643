/**
 * Reconciling: finding out how something ended that must not be done twice.
 *
 * Every operation of class N brings a question of class R, `issue.outcome`, that asks the
 * connector's journal and, where that does not know, the back-end. Asking carries nothing out.
 *
 * @module
 */
import { z } from 'zod'
import { failureReportSchema } from './answer.ts'
import type { Contract, OperationsOf, ParamsOf, ResultOf } from './contract.ts'
import { operation, type Operation } from './contract.ts'
import type { OperationContext } from './context.ts'

/** What was wanted. The key is what an agent should hand to a back-end that can be asked by it. */
export interface Intent<Params = unknown> {
  readonly key: string
  readonly params: Params
}

/** What the back-end says of an intent. */
export type Reconciled<Result = unknown> =
  | { readonly state: 'done'; readonly result: Result }
  /** The back-end knows that it was not done, and it cannot still be on its way. */
  | { readonly state: 'notDone' }
  | { readonly state: 'unknown'; readonly because: string }

/** By operation of class N: asks the back-end what became of an intent. Must not change anything. */
export type Reconcilers<C> = {
  readonly [K in keyof OperationsOf<C>]?: (
    intent: Intent<ParamsOf<C, K>>,
    context: OperationContext,
  ) => Promise<Reconciled<ResultOf<C, K>>>
}

/** What the connector answers. `running`: ask again. `notDone`: and it never will be under this key. */
export const outcomeSchema = z.discriminatedUnion('state', [
  z.strictObject({ state: z.literal('done'), result: z.unknown() }),
  z.strictObject({ state: z.literal('failed'), failure: failureReportSchema }),
  z.strictObject({ state: z.literal('running') }),
  z.strictObject({ state: z.literal('notDone') }),
  z.strictObject({ state: z.literal('unknown'), because: z.string().max(200) }),
])

export type KnownOutcome = z.infer<typeof outcomeSchema>

/** Failures that leave open whether it was done. */
export const undecided: ReadonlySet<string> = new Set(['SERVICE_DEADLINE', 'SERVICE_STOPPED'])

const suffix = '.outcome'

/** `issue` → `issue.outcome` */
export const questionOf = (name: string) => `${name}${suffix}`

/** The question that belongs to an operation of class N. */
export function outcomeQuestion(of: Operation): Operation {
  return operation({
    class: 'R',
    says: `Asks what became of this: ${of.says}`,
    params: z.strictObject({ key: z.string().regex(/^[0-9a-f]{32}$/), parameters: of.params }),
    result: outcomeSchema,
    secretParams: of.secretParams.length === 0 ? [] : ['parameters'],
    deadlineMs: 30_000,
    leastMs: of.leastMs,
  })
}

/** Operations that must not be done twice. */
export function notRepeatable(contract: Contract): readonly string[] {
  return Object.entries(contract.operations)
    .filter(([, one]) => one.class === 'N')
    .map(([key]) => key)
}
