/**
 * What a device agent may say, and how it is read: whole and bounded, with nothing more in it.
 *
 * Facts and identifiers are only bounded here; what they are worth is read by the domain.
 *
 * @module
 */
import { encodeUtf8 } from '@sallygate/base/bytes'
import { z } from 'zod'
import { deviceFailure } from '../devices/failures.ts'
import { parseJsonBody } from '../http/json-body.ts'

export const mostStatement = 128 * 1024

const text = z.string().max(1000).optional()

const identifiers = z.strictObject({
  serial: text,
  uuid: text,
  udid: text,
  imei: text,
  meid: text,
  hostName: text,
  macs: z.array(z.string().max(64)).max(256).optional(),
})

const facts = z.record(
  z.string().max(64),
  z.union([
    z.strictObject({ value: z.union([z.boolean(), z.string().max(4000)]) }),
    z.strictObject({ unknown: z.literal(true) }),
  ]),
)

/** Both statements: what the device is, and what is so on it. */
const observed = {
  identifiers,
  facts,
  /** When it was observed, in milliseconds since 1970; without it, now. */
  atMs: z.number().int().min(0).optional(),
}

export const enrollmentStatement = z.strictObject(observed)

export const checkInStatement = z.strictObject({
  ...observed,
  /** Commands it was sent, and what came of them. */
  results: z
    .array(
      z.strictObject({ command: z.string().max(64), outcome: z.enum(['done', 'failed']), says: z.string().max(2000) }),
    )
    .max(100)
    .default([]),
  /** Its user removes the agent. */
  isLeaving: z.boolean().default(false),
})

/** After its signature was checked. @throws DEVICE_STATEMENT_UNUSABLE. */
export function readStatement<S extends z.ZodType>(schema: S, statement: string): z.output<S> {
  try {
    return schema.parse(parseJsonBody(encodeUtf8(statement)))
  } catch (cause) {
    throw deviceFailure('STATEMENT_UNUSABLE', { cause, details: { expected: reasonOf(cause) } })
  }
}

function reasonOf(cause: unknown): string {
  const issue = cause instanceof z.ZodError ? cause.issues[0] : undefined
  return issue === undefined ? 'JSON' : `${issue.path.join('.')}: ${issue.message}`.slice(0, 200)
}
