/**
 * What is asked while a directory is being set up: where entries may begin, what one
 * entry becomes, which servers there are, and how those in use are doing.
 *
 * The first three take settings that nobody has saved yet. They come whole and count as
 * secret, because a password may be among them.
 *
 * @module
 */
import { noParams, operation } from '@sallygate/service-kit'
import { z } from 'zod'
import { connectionFields } from './connection-settings.ts'
import { identifierKinds } from './fields.ts'
import { draftSettingsSchema, type DirectorySettings, type DraftSettings } from './settings.ts'
import { transitiveRules } from './content-settings.ts'

const answeredName = z.string().max(2048)
const label = z.string().max(300)
const count = z.number().int().nonnegative()
/** Absent: the settings in force. */
const settings = draftSettingsSchema.optional()

export const maxBases = 1000

export const basesParams = z.strictObject({
  settings,
  /** Containers right below this entry. Absent: the naming contexts of the server. */
  below: z.string().min(1).max(2048).optional(),
  limit: z.number().int().min(1).max(maxBases).default(200),
})

export const baseKinds = [
  'context',
  'systemContext',
  'domain',
  'organization',
  'organizationalUnit',
  'container',
] as const

export const basesResult = z.strictObject({
  server: label,
  /** What Active Directory names itself; elsewhere the only naming context, where there is but one. */
  suggested: answeredName.optional(),
  bases: z.array(z.strictObject({ dn: answeredName, kind: z.enum(baseKinds) })).max(maxBases),
  /** There are more than these. */
  more: z.boolean(),
})

export const maxPreviewGroups = 500
export const maxRawAttributes = 200
export const maxRawValues = 20
/** Characters of one value; of binary ones, hex digits. */
export const maxRawLength = 512

export const previewParams = z.strictObject({
  settings,
  kind: z.enum(['users', 'groups']).default('users'),
  /** A DN, or what somebody signs in with; of a group its name. */
  entry: z
    .string()
    .min(1)
    .max(1024)
    .refine((text) => text.isWellFormed() && !text.includes('\0'), 'well-formed text without NUL'),
})

const values = z.array(z.string())

export const previewResult = z.strictObject({
  server: label,
  dn: answeredName,
  identifier: z.strictObject({
    attribute: z.string(),
    dataType: z.enum(identifierKinds),
    /** Absent: the entry has none, or the bind account may not read it. */
    value: z.string().max(256).optional(),
  }),
  /** Whether a sync or a sign-in would take it for one of this kind: object class, filter and base DN. */
  isCounted: z.boolean(),
  /** Every field of the mapping, the custom ones behind; one without values has none in the directory. */
  fields: z
    .array(
      z.strictObject({
        field: z.string().max(40),
        attribute: z.string().max(128),
        isCustom: z.boolean(),
        values,
        /** There are more values than these. */
        more: z.boolean(),
      }),
    )
    .max(100),
  /** Of a user. */
  disabled: z
    .strictObject({
      /** Absent: the rule cannot say, because the attribute is not there or no number. */
      isDisabled: z.boolean().optional(),
      /** `userAccountControl is 514, and its flag 2 is set`. */
      because: z.string().max(600),
    })
    .optional(),
  groups: z
    .array(
      z.strictObject({
        dn: answeredName,
        name: z.string().max(256).optional(),
        /** False: a member only through another group. */
        isDirect: z.boolean(),
        /** Named by number in the entry, not by its members. Active Directory only. */
        isPrimary: z.boolean(),
      }),
    )
    .max(maxPreviewGroups),
  groupsBy: z.enum(transitiveRules),
  moreGroups: z.boolean(),
  /** As the server has them, bounded; passwords and keys are left out. */
  attributes: z
    .array(
      z.strictObject({
        attribute: z.string().max(200),
        /** How many values there are; fewer may be shown. */
        count,
        isBinary: z.boolean(),
        /** Text, or hex where the bytes are none. */
        values,
        isCut: z.boolean(),
      }),
    )
    .max(maxRawAttributes),
  moreAttributes: z.boolean(),
})

export const serversParams = z.strictObject({ settings })

const serverOrigins = ['byHand', 'site', 'domain'] as const

export const serversResult = z.strictObject({
  /** Absent: no server is looked for in DNS. */
  domain: z.string().max(253).optional(),
  site: z
    .strictObject({ name: z.string().max(63), from: z.enum(['settings', 'ping']), askedServer: label.optional() })
    .optional(),
  /** Why there is no site although one was wanted: nobody answered, or the network belongs to none. */
  siteFailure: z.string().max(300).optional(),
  /** What was asked of DNS, and how many servers it named. */
  questions: z
    .array(z.strictObject({ name: z.string().max(300), servers: count, failure: z.string().max(100).optional() }))
    .max(10),
  /** In the order they are tried. */
  servers: z
    .array(
      z.strictObject({
        server: label,
        host: z.string().max(253),
        port: z.number().int().min(1).max(65_535),
        from: z.enum(serverOrigins),
        isBackup: z.boolean(),
        priority: count.optional(),
        weight: count.optional(),
      }),
    )
    .max(64),
})

export const serverStandings = ['untried', 'good', 'resting', 'trying'] as const

export const statusResult = z.strictObject({
  /** The server whose connections are used; absent until one has been needed. */
  inUse: z.strictObject({ server: label, forMs: count, isPreferred: z.boolean() }).optional(),
  site: z.string().max(63).optional(),
  encryption: connectionFields.encryption.unwrap(),
  servers: z
    .array(
      z.strictObject({
        server: label,
        from: z.enum(serverOrigins),
        isBackup: z.boolean(),
        /** `resting`: it failed and is left alone for a moment. `trying`: one request or a probe is finding out. */
        standing: z.enum(serverStandings),
        forMs: count,
        /** Failures in a row. */
        failures: count,
        failure: z.strictObject({ code: z.string().max(100), says: z.string().max(300) }).optional(),
        /** Shared connections to it, open now. */
        connections: count,
      }),
    )
    .max(64),
  pool: z.strictObject({ open: count, idle: count, most: count, waiting: count }),
  /** Since these settings are in force. `unknown`: the password was sent and no answer came. */
  signIns: z.strictObject({ accepted: count, refused: count, unknown: count, failed: count }),
  lookUps: z.strictObject({ done: count, failed: count }),
  switches: count,
  lastFailure: z.strictObject({ code: z.string().max(100), says: z.string().max(300), forMs: count }).optional(),
})

export type BasesResult = z.infer<typeof basesResult>
export type PreviewResult = z.infer<typeof previewResult>
export type ServersResult = z.infer<typeof serversResult>
export type StatusResult = z.infer<typeof statusResult>

/** Without a base DN everything begins at the root, which is where one looks for a base DN. */
export const settledDraft = (draft: DraftSettings): DirectorySettings => ({ ...draft, baseDn: draft.baseDn ?? '' })

const draft = { param: 'settings', settle: (given: unknown) => settledDraft(given as DraftSettings) }

export const setUpOperations = {
  bases: operation({
    class: 'R',
    says: 'Names where entries may begin: the naming contexts of a server, or what lies right below an entry.',
    params: basesParams,
    secretParams: ['settings'],
    draft,
    result: basesResult,
    deadlineMs: 20_000,
    leastMs: 300,
  }),
  preview: operation({
    class: 'R',
    says: 'Shows one entry as settings read it: fields, disabled or not, groups, and the attributes they come from.',
    params: previewParams,
    secretParams: ['settings'],
    draft,
    result: previewResult,
    deadlineMs: 20_000,
    leastMs: 300,
  }),
  servers: operation({
    class: 'R',
    says: 'Names the servers that settings lead to, with what DNS and a domain controller said.',
    params: serversParams,
    secretParams: ['settings'],
    draft,
    result: serversResult,
    deadlineMs: 15_000,
    leastMs: 300,
  }),
  status: operation({
    class: 'R',
    says: 'Tells which server is in use, how each is doing, and what was asked so far.',
    params: noParams,
    result: statusResult,
    deadlineMs: 5000,
    leastMs: 100,
  }),
} as const
