/**
 * Idempotency keys: a POST that is sent again is answered again and not done again.
 *
 * A key belongs to whoever sent it, for a day. What could not be done and may be
 * tried again lets its key go; an outcome that is not known keeps it.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'
import type { Answer, Around, Asked } from './around.ts'
import { asFailure, problemOf } from './problem.ts'

export const keptForMs = 24 * 3_600_000

/** Larger answers are not worth the room: what makes them can be asked for again. */
const largestKept = 1024 * 1024

const keyForm = /^[\x21-\x7e]{8,128}$/

export function idempotent(store: Pick<Store, 'keptAnswers'>): Around {
  return async (asked, run) => {
    const { idempotencyKey, route, call } = asked
    if (idempotencyKey === undefined || route.method !== 'POST' || call.actor === undefined) return run()
    if (!keyForm.test(idempotencyKey)) {
      const expected = '8 to 128 visible ASCII characters'
      throw consoleFailure('INVALID_REQUEST', { details: { field: 'Idempotency-Key', expected } })
    }
    const key = `${call.actor.kind} ${call.actor.id} ${idempotencyKey}`
    const request = `${route.method} ${asked.url}\n${JSON.stringify(call.body ?? null)}`
    const claim = await store.keptAnswers.claim(key, request, keptForMs)
    switch (claim.kind) {
      case 'first':
        return first({ store, key, request, asked }, run)
      case 'done':
        return { ...claim.answer, headers: { 'idempotent-replayed': 'true' } }
      case 'inProgress':
        throw consoleFailure('KEY_IN_PROGRESS')
      case 'interrupted':
        throw consoleFailure('KEY_INTERRUPTED')
      case 'otherRequest':
        throw consoleFailure('KEY_REUSED')
    }
  }
}

interface First {
  readonly store: Pick<Store, 'keptAnswers'>
  readonly key: string
  readonly request: string
  readonly asked: Asked
}

async function first({ store, key, request, asked }: First, run: () => Promise<Answer>): Promise<Answer> {
  let answer: Answer
  try {
    answer = await run()
  } catch (error) {
    if (mayTryAgain(error)) await store.keptAnswers.release(key)
    else {
      const problem = problemOf(error, asked.call.traceId)
      await store.keptAnswers.keep(key, request, { status: problem.status, body: problem })
    }
    throw error
  }
  const { status, body } = answer
  if (JSON.stringify(body ?? null).length <= largestKept) await store.keptAnswers.keep(key, request, { status, body })
  else await store.keptAnswers.release(key)
  return answer
}

/** A refusal was not carried out. Of everything else, and of bugs, it is not known how far they came. */
function mayTryAgain(error: unknown): boolean {
  const failure = error instanceof Failure ? error : asFailure(error)
  return failure.status < 500 || failure.retry !== 'never'
}
