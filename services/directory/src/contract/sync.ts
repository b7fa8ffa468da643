/**
 * Syncing: reading everything, or what has changed, in pages that somebody else keeps.
 *
 * `syncStart` finds out what a server can do and where it stands; `syncPage` reads. A
 * position belongs to the server that gave it. A cursor is a connection of one connector:
 * when it is gone, its pass begins anew.
 *
 * @module
 */
import { operation } from '@sallygate/service-kit'
import { z } from 'zod'

export const syncPasses = ['removed', 'users', 'groups', 'identifiers'] as const
export type SyncPass = (typeof syncPasses)[number]

const identity = z.string().min(1).max(300)

/** From where on something counts as changed. */
export const syncPosition = z.discriminatedUnion('kind', [
  /** Active Directory: the highest update number that was committed before the reading began. Of one domain controller. */
  z.strictObject({ kind: z.literal('usn'), identity, value: z.string().regex(/^\d{1,19}$/) }),
  /** Others: a time by the server's own clock, with a margin taken off. */
  z.strictObject({ kind: z.literal('timestamp'), identity, value: z.string().regex(/^\d{14}Z$/) }),
  /** Active Directory: a DirSync cookie, its server's own, of one naming context of one domain controller. */
  z.strictObject({
    kind: z.literal('dirSync'),
    identity,
    context: z.string().min(1).max(2048),
    /** The highest update number when the cookie was taken: a server that stands before it was restored. */
    usn: z.string().regex(/^\d{1,19}$/),
    value: z.base64().min(1).max(90_000),
  }),
])
export type SyncPosition = z.infer<typeof syncPosition>

export const syncMethods = ['usn', 'dirSync', 'timestamp', 'none'] as const

export const syncStartParams = z.strictObject({
  /** Where the last run ended. Absent: everything is wanted. */
  since: syncPosition.optional(),
})

export const syncStartResult = z.strictObject({
  /** `dc1.corp.test:636` */
  server: z.string().max(300),
  /** Which database it is: the invocationID of a domain controller; elsewhere the server's address. */
  identity,
  vendor: z.string().max(200),
  method: z.enum(syncMethods),
  /** Where the next run may begin. Read before anything else is. Absent where the method is none. */
  position: syncPosition.optional(),
  /** Whether `since` leads on from there, and why not. */
  goesOn: z.boolean(),
  because: z
    .enum(['noPosition', 'otherServer', 'restored', 'otherMethod', 'noMethod', 'cookieRefused', 'manyChanges'])
    .optional(),
  /** How those that are gone are found when only changes are read. */
  deletions: z.enum(['tombstones', 'sweep', 'never']),
  groups: z.boolean(),
  /** What the values of a group's membership attribute are. */
  members: z.enum(['dn', 'login']),
  /** The server changes the members of a group when one of them is renamed or deleted, without saying so in the group. */
  membersFollow: z.boolean(),
})

export const syncPageParams = z.strictObject({
  pass: z.enum(syncPasses),
  /** Of `syncStart`: read from the same database or not at all. */
  identity,
  /** Only what has changed since; the pass `removed` needs it. */
  since: syncPosition.optional(),
  cursor: z.string().max(100).optional(),
})

/** More places than a forest has are a maze, and nobody reads them. */
export const maxReferred = 20
export const maxReferredLength = 300

export const syncPageResult = z.strictObject({
  /** A line of JSON for each entry, for `eachSyncEntry`: text is cheaper to carry than a hundred thousand objects. */
  entries: z.string().max(3_700_000),
  count: z.number().int().nonnegative(),
  /** To go on, at the same connector and within a minute. Absent: that was all. */
  cursor: z.string().max(100).optional(),
  /** Pass `removed`: a container was changed, so entries below it may have another name without having been changed. */
  containersChanged: z.boolean().optional(),
  referralsNotFollowed: z.number().int().nonnegative(),
  /** Where they point, each once in a pass: `ldap://dc2.corp.test/dc=emea,dc=corp,dc=test`. A sync follows none. */
  referredTo: z.array(z.string().max(maxReferredLength)).max(maxReferred).optional(),
  server: z.string().max(300),
})

export const syncOperations = {
  syncStart: operation({
    class: 'J',
    says: 'Looks which server answers, what it can tell about changes, and where it stands now.',
    params: syncStartParams,
    result: syncStartResult,
    // A domain controller that is asked for its first DirSync cookie walks over all it has.
    deadlineMs: 120_000,
    leastMs: 300,
  }),
  syncPage: operation({
    class: 'J',
    says: 'Reads a page of users, of groups with their members, or of what is gone.',
    params: syncPageParams,
    result: syncPageResult,
    deadlineMs: 120_000,
    leastMs: 300,
  }),
} as const
