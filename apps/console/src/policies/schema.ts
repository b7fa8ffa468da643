/**
 * Compliance policies as the API shows and takes them.
 *
 * @module
 */
import { factTable, matches, severities, type BooleanFact, type FactName, type TextFact } from '@sallygate/domain'
import { z } from 'zod'
import { groupReference } from '../organization-groups/schema.ts'

const names = Object.keys(factTable) as FactName[]
const booleans = names.filter((name): name is BooleanFact => factTable[name].kind === 'boolean')
const texts = names.filter((name): name is TextFact => factTable[name].kind === 'text')

/** What it means that nobody can tell. */
const whenUnknown = z.enum(['fails', 'passes']).default('fails')

export const ruleSchema = z.discriminatedUnion('kind', [
  z.strictObject({ kind: z.literal('isTrue'), fact: z.enum(booleans), whenUnknown }),
  z.strictObject({ kind: z.literal('isFalse'), fact: z.enum(booleans), whenUnknown }),
  z.strictObject({
    kind: z.literal('oneOf'),
    fact: z.enum(texts),
    values: z.array(z.string().min(1).max(200)).min(1).max(200),
    whenUnknown,
  }),
  z.strictObject({
    kind: z.literal('noneOf'),
    fact: z.enum(texts),
    values: z.array(z.string().min(1).max(200)).min(1).max(200),
    whenUnknown,
  }),
  z.strictObject({
    kind: z.literal('atLeast'),
    fact: z.enum(['osVersion', 'agentVersion']),
    version: z.string().regex(/^\d{1,9}(?:\.\d{1,9}){0,5}$/, 'numbers with dots between'),
    whenUnknown,
  }),
  z.strictObject({
    kind: z.literal('reportedWithin'),
    hours: z.number().int().min(1).max(8760),
    /** `hub`, `fusionInventory`, or `federated:` and the id of a source. Any, where none is named. */
    source: z.string().min(1).max(100).optional(),
    whenUnknown,
  }),
])

const content = {
  name: z.string().min(1).max(200),
  match: z.enum(matches).default('all'),
  rules: z.array(ruleSchema).min(1).max(50),
  /** Only for these; empty for all. */
  platforms: z.array(z.string().min(1).max(50).toLowerCase()).max(20).default([]),
  severity: z.enum(severities).default('medium'),
  /** Whether it keeps a device off the network, or is only shown. */
  countsForAccess: z.boolean().default(true),
  /** What a user can do about it; network access control shows it. */
  remediation: z.string().max(500).default(''),
  isEnabled: z.boolean().default(true),
}

export const newPolicySchema = z.strictObject({
  ...content,
  /** Groups at or below its own where it holds; empty: its own. The nearest group that is named decides. */
  assigned: z.array(groupReference).max(200).default([]),
  excluded: z.array(groupReference).max(200).default([]),
})

export const policySchema = z.strictObject({
  id: z.string(),
  group: z.string(),
  ...content,
  assigned: z.array(z.string()),
  excluded: z.array(z.string()),
  changedAt: z.iso.datetime(),
  /** It belongs to a group further up. */
  isInherited: z.boolean(),
  /** Whether it holds for devices of the group that was asked for. */
  holds: z.boolean(),
})

const looked = z.strictObject({ id: z.string(), name: z.string(), failing: z.array(z.string()) })

export const previewSchema = z.strictObject({
  /** Devices that were looked at, and those for which the policy would hold or holds now. */
  looked: z.number().int(),
  of: z.number().int(),
  compliantNow: z.number().int(),
  compliantThen: z.number().int(),
  /** Compliant now and not then, at most 50 of them. */
  losing: z.array(looked),
  losingCount: z.number().int(),
  gaining: z.array(looked),
  gainingCount: z.number().int(),
})
