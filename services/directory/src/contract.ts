/**
 * The directory contract: what can be asked of a directory, and how it is set up.
 *
 * Imported by both ends; no I/O. A caller never sends an LDAP filter: conditions are
 * typed, and the agent builds the filter.
 *
 * @module
 */
import { checkResultSchema, defineContract, noParams, operation } from '@sallygate/service-kit'
import { z } from 'zod'
import { conditionSchema } from './contract/condition.ts'
import { directorySettings } from './contract/settings.ts'
import { refusalWords } from './contract/refusals.ts'
import { setUpOperations } from './contract/set-up.ts'
import { syncOperations } from './contract/sync.ts'
import { userFields, groupFields } from './contract/fields.ts'

export * from './contract/condition.ts'
export * from './contract/content-settings.ts'
export * from './contract/failures.ts'
export * from './contract/fields.ts'
export * from './contract/refusals.ts'
export * from './contract/set-up.ts'
export * from './contract/settings.ts'
export * from './contract/sync.ts'
export * from './contract/sync-entry.ts'
export * from './contract/sync-settings.ts'
export * from './contract/type-defaults.ts'

const answeredName = z.string().max(2048)
/** C programs end a text at NUL, so a password that begins with one is empty to them; a lone surrogate has no UTF-8. */
const credential = (max: number) =>
  z
    .string()
    .max(max)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'well-formed text without NUL')

export const entrySchema = z.strictObject({
  dn: answeredName,
  /** The object identifier of the settings, as text: it survives renames and moves. Absent if the server keeps it back. */
  id: z.string().max(256).optional(),
  kind: z.enum(['user', 'group']),
  /** False for a disabled account; absent where the server has no such flag we can read. */
  isEnabled: z.boolean().optional(),
  /** By logical field; a field without a value is absent. */
  fields: z.partialRecord(z.enum([...userFields, ...groupFields]), z.array(z.string())),
  /** Custom attributes, by the names the settings give them. Only where there are any. */
  custom: z.record(z.string().max(40), z.array(z.string())).optional(),
})

export type DirectoryEntry = z.infer<typeof entrySchema>

export const searchParams = z.strictObject({
  kind: z.enum(['users', 'groups']),
  /** Absent: all of that kind. */
  match: conditionSchema.optional(),
  /** Search below this entry only. It has to lie inside the base DN of the settings and of the policy file. */
  base: answeredName.optional(),
  /** Entries wanted in this answer; the caps of the settings hold as well. */
  limit: z.number().int().min(1).max(10_000).default(500),
  /** From an earlier answer that had more. Everything else must be as it was then. */
  cursor: z.string().max(100).optional(),
  /** Absent: all of the mapping. */
  fields: z
    .array(z.enum([...userFields, ...groupFields]))
    .max(50)
    .optional(),
})

export const searchResult = z.strictObject({
  entries: z.array(entrySchema).max(10_000),
  /** There are more that match than this answer holds. */
  more: z.boolean(),
  /** A cap or the deadline ended the search early: what is here is true, and it is not all. */
  partial: z.boolean(),
  partialBecause: z
    .enum(['tooManyEntries', 'tooLarge', 'timeOut', 'serverLimit', 'endlessPaging', 'referral'])
    .optional(),
  /** To ask the same connector for what follows, within a minute. */
  cursor: z.string().max(100).optional(),
  /** Continuation references the server gave and the settings do not follow. */
  referralsNotFollowed: z.number().int().nonnegative(),
  /** The server that answered: `dc1.corp.test:636`. */
  server: z.string().max(300),
})

export const authenticateResult = z.strictObject({
  outcome: z.enum(['accepted', 'refused']),
  /** Why it was refused. For administrators: end users get only `says`. */
  reason: z.enum(refusalWords).optional(),
  /** For the person who tried to sign in. Does not tell an unknown name from a wrong password. */
  says: z.string().max(300),
  /** What the log records of the server's answer: `AD 533`, `ppolicy accountLocked`, `LDAP 49`. */
  logCode: z.string().max(60).optional(),
  /** Known where the name had to be looked up first, or was given as a DN. */
  dn: answeredName.optional(),
  server: z.string().max(300),
})

export const directoryContract = defineContract('directory', 1, {
  title: 'Directory',
  settings: directorySettings,
  operations: {
    check: operation({
      class: 'R',
      says: 'Tries every step from the name of the server to one user and one group.',
      params: noParams,
      result: checkResultSchema,
      deadlineMs: 30_000,
      leastMs: 500,
    }),
    authenticate: operation({
      class: 'B',
      says: 'Asks the directory whether this password belongs to this user.',
      params: z.strictObject({
        /** `DOMAIN\user`, `user@domain`, `user`, or a DN. */
        user: credential(1024).min(1),
        /** An empty one is refused by name before anything is sent: LDAP would take it for anonymous and accept. */
        password: credential(1024),
      }),
      secretParams: ['password'],
      result: authenticateResult,
      deadlineMs: 15_000,
      leastMs: 300,
    }),
    search: operation({
      class: 'R',
      says: 'Finds users or groups.',
      params: searchParams,
      result: searchResult,
      deadlineMs: 30_000,
      leastMs: 300,
      // A page of a list, as against a person somebody waits for.
      isBulk: ({ limit, cursor }) => limit > 500 || cursor !== undefined,
    }),
    ...setUpOperations,
    ...syncOperations,
  },
  abilities: ['ldaps', 'startTls', 'paging', 'activeDirectoryReasons', 'passwordPolicyReasons'],
  limits: {
    baseDns: 'Distinguished names. Only entries at or below one of them can be searched or can sign in.',
  },
})

export type DirectoryContract = typeof directoryContract
