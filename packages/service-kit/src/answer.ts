/**
 * Answers: what a connector writes into the reply to an operation.
 *
 * Spans travel with the result and with the failure alike, because a trace is wanted
 * most when something went wrong. The result itself is read by the contract's schema.
 *
 * @module
 */
import { decodeJson, encodeJson, type Json } from '@sallygate/base/json'
import type { Bytes } from '@sallygate/base/bytes'
import type { FailureReport } from '@sallygate/base/failure'
import { z } from 'zod'
import { serviceFailure } from './failures.ts'
import { maxSpans, spanSchema, type Span } from './trace.ts'

export const failureReportSchema = z.strictObject({
  code: z.string().max(100),
  says: z.string().max(1000),
  fix: z.string().max(1000),
  retry: z.enum(['never', 'later', 'elsewhere']),
  details: z.record(z.string().max(60), z.union([z.string().max(1000), z.number(), z.boolean()])),
})

const spans = z.array(spanSchema).max(maxSpans)
const doneSchema = z.strictObject({ result: z.unknown(), spans })
const failedSchema = z.strictObject({ failure: failureReportSchema, spans })

/** Goes with the outcome `done`. */
export interface DoneAnswer {
  readonly result: unknown
  readonly spans: readonly Span[]
}

/** Goes with the outcomes `failed` and `notStarted`. */
export interface FailedAnswer {
  readonly failure: FailureReport
  readonly spans: readonly Span[]
}

export const encodeDone = (answer: DoneAnswer): Buffer =>
  encodeJson({ result: answer.result ?? null, spans: answer.spans })

export const encodeFailed = (answer: FailedAnswer): Buffer =>
  encodeJson({ failure: answer.failure, spans: answer.spans })

/** As large as an assembled reply may be. */
const maxBytes = 4 * 1024 * 1024

/** @throws SERVICE_RESULT_INVALID. */
export function decodeDone(payload: Bytes): DoneAnswer {
  return read(doneSchema, payload)
}

/** @throws SERVICE_RESULT_INVALID. */
export function decodeFailed(payload: Bytes): FailedAnswer {
  return read(failedSchema, payload)
}

function read<S extends z.ZodType>(schema: S, payload: Bytes): z.infer<S> {
  let value: Json
  try {
    value = decodeJson(payload, { maxBytes })
  } catch (cause) {
    throw serviceFailure('RESULT_INVALID', { cause, details: { expected: 'JSON' } })
  }
  const parsed = schema.safeParse(value)
  if (!parsed.success)
    throw serviceFailure('RESULT_INVALID', { cause: parsed.error, details: { expected: 'an answer' } })
  return parsed.data
}
