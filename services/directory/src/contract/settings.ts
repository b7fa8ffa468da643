/**
 * Settings of the directory service.
 *
 * @module
 */
import type { SettingsDeclaration } from '@sallygate/service-kit'
import { z } from 'zod'
import { groupFields, identifierKinds, userFields } from './fields.ts'

const attribute = z
  .string()
  .max(128)
  .regex(/^([A-Za-z][A-Za-z0-9-]*|\d+(\.\d+)+)$/, 'the name of an attribute')
const distinguishedName = z.string().min(1).max(2048)
const filter = z.string().min(1).max(4096)
const hostName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9._:-]+$/, 'a host name or IP address')

const schema = z.strictObject({
  type: z.enum(['activeDirectory', 'generic']).default('activeDirectory'),
  /** Tried in this order; the last good one is kept for as long as it answers. */
  servers: z
    .array(
      z.strictObject({
        host: hostName,
        port: z.number().int().min(1).max(65_535),
        /** The name in the certificate, where it is not the host. */
        certificateName: hostName.optional(),
      }),
    )
    .min(1)
    .max(8),
  /** `none` sends passwords readable by everybody on the way, and is shown in red. */
  encryption: z.enum(['ldaps', 'startTls', 'none']).default('ldaps'),
  /** Authorities to believe, PEM. Absent: those the connector host believes. */
  trust: z.string().max(65_536).optional(),
  /** DN, user@domain or DOMAIN\user. Absent: anonymous. */
  bindDn: z.string().min(1).max(2048).optional(),
  bindPassword: z.string().min(1).max(1024).optional(),
  baseDn: distinguishedName,
  userBaseDn: distinguishedName.optional(),
  groupBaseDn: distinguishedName.optional(),
  userObjectClass: attribute.optional(),
  groupObjectClass: attribute.optional(),
  /** RFC 4515. An administrator's, never a caller's; parsed before it is used. */
  userFilter: filter.optional(),
  groupFilter: filter.optional(),
  userAttributes: z.partialRecord(z.enum(userFields), attribute).optional(),
  groupAttributes: z.partialRecord(z.enum(groupFields), attribute).optional(),
  objectIdentifier: z.strictObject({ attribute, dataType: z.enum(identifierKinds) }).optional(),
  /** Three seconds reach any server that is up; more only hides one that is down. */
  connectTimeoutMs: z.number().int().min(100).max(60_000).default(3000),
  operationTimeoutMs: z.number().int().min(100).max(300_000).default(10_000),
  /** Of one operation. 10,000 users with all fields of the mapping take about 6 MiB. */
  maxBytes: z
    .number()
    .int()
    .min(64 * 1024)
    .max(256 * 1024 * 1024)
    .default(16 * 1024 * 1024),
  maxEntries: z.number().int().min(1).max(10_000).default(10_000),
})

export type DirectorySettings = z.infer<typeof schema>
export type DirectorySettingsInput = z.input<typeof schema>

export const directorySettings: SettingsDeclaration<typeof schema> = {
  schema,
  classification: {
    type: 'public',
    servers: 'public',
    encryption: 'public',
    trust: 'public',
    bindDn: 'personal',
    bindPassword: 'secret',
    baseDn: 'public',
    userBaseDn: 'public',
    groupBaseDn: 'public',
    userObjectClass: 'public',
    groupObjectClass: 'public',
    userFilter: 'public',
    groupFilter: 'public',
    userAttributes: 'public',
    groupAttributes: 'public',
    objectIdentifier: 'public',
    connectTimeoutMs: 'public',
    operationTimeoutMs: 'public',
    maxBytes: 'public',
    maxEntries: 'public',
  },
  erasesSecrets: ['servers', 'encryption', 'trust'],
}
