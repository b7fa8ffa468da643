/**
 * The probe from a browser: plays Cisco ISE against an MDM server, from where the console is.
 *
 * Only to where sources may be; one at a time, so that it is no instrument for knocking
 * on doors. The password is used for this and kept nowhere.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import { askedCriteria, probe } from '@sallygate/protocol-ise-mdm'
import { z } from 'zod'
import { defineRoute, type Route } from '../http/route.ts'
import { sourceFailure } from './failures.ts'
import type { TargetRule } from './target-rule.ts'

export interface ProbeRouteParts {
  readonly clock: Clock
  readonly sources: { readonly admits: TargetRule }
}

export const probeRow = z.object({
  target: z.string(),
  result: z.enum(['ok', 'warning', 'failed', 'skipped']),
  says: z.string(),
  fix: z.string(),
  durationMs: z.number(),
  /** The number Cisco ISE itself would report. */
  iseReason: z.string().optional(),
})

const report = z.object({
  url: z.string(),
  verdict: z.enum(['ok', 'warning', 'failed']),
  rows: z.array(probeRow),
  certificates: z
    .array(
      z.object({
        subject: z.string(),
        issuer: z.string(),
        notAfter: z.string(),
        daysLeft: z.number(),
        thumbprint: z.string(),
      }),
    )
    .optional(),
  total: z.number().optional(),
  nonCompliant: z.number().optional(),
  latency: z
    .object({
      count: z.number(),
      p50Ms: z.number(),
      p90Ms: z.number(),
      p99Ms: z.number(),
      maxMs: z.number(),
      late: z.number(),
      buckets: z.array(z.object({ upToMs: z.number().optional(), count: z.number() })),
    })
    .optional(),
})

const asked = z.strictObject({
  url: z.string().min(1).max(500),
  user: z.string().min(1).max(200),
  password: z.string().min(1).max(1000),
  ca: z.string().min(1).max(100_000).optional(),
  query: z.strictObject({ criterion: z.enum(askedCriteria), value: z.string().min(1).max(200) }).optional(),
})

/** A person waits for it. */
const bounds = { timeoutMs: 10_000, mostPages: 5, latencyQueries: 20 } as const

export function probeRoutes(parts: ProbeRouteParts): readonly Route[] {
  let isBusy = false
  return [
    defineRoute({
      method: 'POST',
      path: '/api/nac/probe',
      policy: 'nac:edit',
      says: 'Plays Cisco ISE against an MDM server, ours or another: each step it would take, what it would report, and what to do. The password is kept nowhere.',
      body: asked,
      result: report,
      changes: false,
      handler: async ({ body }) => {
        if (isBusy) throw sourceFailure('BUSY')
        isBusy = true
        try {
          const { url, user, password, ca, query } = body
          const {
            chain,
            info: _info,
            devices: _devices,
            ...found
          } = await probe({
            url,
            credentials: { user, password: new Secret(password) },
            clock: parts.clock,
            admits: parts.sources.admits,
            ...bounds,
            ...(ca === undefined ? {} : { ca }),
            ...(query === undefined ? {} : { query }),
          })
          return { ...plain(found), ...(chain === undefined ? {} : { certificates: chain.certificates.map(shown) }) }
        } finally {
          isBusy = false
        }
      },
    }),
  ]
}

function shown(certificate: {
  readonly subject: string
  readonly issuer: string
  readonly notAfter: Date
  readonly daysLeft: number
  readonly thumbprint: string
}) {
  const { subject, issuer, notAfter, daysLeft, thumbprint } = certificate
  return { subject, issuer, notAfter: notAfter.toISOString(), daysLeft, thumbprint }
}

/** Without members that are not set: the answer's schema has no word for them. */
function plain<T>(value: T): z.output<typeof report> {
  return JSON.parse(JSON.stringify(value)) as z.output<typeof report>
}
