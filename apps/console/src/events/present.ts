/**
 * An event as the API shows it: its row, and what the catalogue knows of its number.
 *
 * @module
 */
import type { StoredEvent } from '@sallygate/store'
import { z } from 'zod'
import { categories, kindOf, severities } from './catalogue.ts'

export const eventSchema = z.strictObject({
  number: z.number().int(),
  id: z.string(),
  name: z.string(),
  at: z.iso.datetime(),
  severity: z.enum(severities),
  category: z.enum(categories),
  says: z.string(),
  fix: z.string().optional(),
  about: z.string().optional(),
  group: z.string().optional(),
  details: z.record(z.string(), z.union([z.string(), z.number(), z.boolean()])),
})

export function presentEvent({ number, id, at, severity, category, about, group, details }: StoredEvent) {
  const kind = kindOf(id)
  return {
    number,
    id,
    name: kind?.name ?? id,
    at: at.toISOString(),
    severity: severity as (typeof severities)[number],
    category: category as (typeof categories)[number],
    says: kind?.says ?? 'An event of a later version.',
    ...(kind?.fix === undefined ? {} : { fix: kind.fix }),
    ...(about === '' ? {} : { about }),
    ...(group === undefined ? {} : { group }),
    details: { ...details },
  }
}
