/**
 * Reconciliation: what became of a request of class N whose answer did not come.
 *
 * The instance that was asked is asked what it knows, again and again while there is time: it
 * may have to be started first. Nothing is ever sent again; asking carries nothing out.
 *
 * @module
 */
import { sleep, type Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import { decodeDone, encodeDone, outcomeSchema, questionOf, undecided, type KnownOutcome } from '@sallygate/service-kit'
import type { Attempt, Carrier, Errand } from './carrier.ts'

export interface Question {
  readonly carrier: Carrier
  readonly clock: Clock
  readonly errand: Omit<Errand, 'idempotencyKey'>
  readonly key: string
  /** Who was asked to do it; nobody else knows. */
  readonly instance: string
  readonly leftMs: () => number
  /** What is said when it cannot be found out. */
  readonly otherwise: Attempt
}

const openFailures = new Set([...undecided, 'CONNECTOR_IN_PROGRESS', 'CONNECTOR_OUTCOME_UNKNOWN'])
/** Between two questions; the first follows at once. */
const pauseMs = 500
const oneMs = 5000
/** With less left nobody is asked. */
const leastMs = 250

/** Whether it may have been done, or may still be. */
export function isOpenEnded(attempt: Attempt): boolean {
  if (attempt.kind === 'failed') return openFailures.has(attempt.failure.code)
  return attempt.kind === 'silent' || attempt.kind === 'undelivered'
}

export async function outcomeOf(question: Question): Promise<Attempt> {
  const { carrier, clock, errand, instance, leftMs, otherwise } = question
  const asking: Errand = {
    ...errand,
    operation: questionOf(errand.operation),
    class: 'R',
    parameters: Buffer.concat([Buffer.from(`{"key":"${question.key}","parameters":`), errand.parameters, closing]),
    idempotencyKey: undefined,
  }
  for (; leftMs() > leastMs; await sleep(clock, Math.min(pauseMs, Math.max(1, leftMs())))) {
    const to = carrier.reachable(errand.group).find((one) => one.instance === instance)
    if (to === undefined || !to.operations.has(asking.operation)) continue
    const answer = await carrier.carry(to, asking, Math.min(oneMs, leftMs()), neverAborts)
    const known = answer.kind === 'done' ? read(answer.payload) : undefined
    const attempt = known === undefined ? undefined : attemptOf(known)
    if (attempt !== undefined) return attempt
  }
  return otherwise
}

const closing = Buffer.from('}')

function read(payload: Uint8Array): KnownOutcome | undefined {
  try {
    return outcomeSchema.safeParse(decodeDone(payload).result).data
  } catch (error) {
    if (error instanceof Failure) return undefined
    throw error
  }
}

/** @returns `undefined` while it is not known. */
function attemptOf(known: KnownOutcome): Attempt | undefined {
  switch (known.state) {
    case 'done':
      return { kind: 'done', payload: encodeDone({ result: known.result, spans: [] }) }
    case 'failed':
      return { kind: 'failed', failure: known.failure, spans: [] }
    case 'notDone':
      return { kind: 'notStarted', failure: { ...notDone } }
    case 'running':
    case 'unknown':
      return undefined
  }
}

const notDone = {
  code: 'CONNECTOR_NOT_DONE',
  says: 'This was not done, and under the key it was asked with it never will be.',
  fix: 'Nothing: it may be asked for anew.',
  retry: 'elsewhere',
  details: {},
} as const

const neverAborts = new AbortController().signal
