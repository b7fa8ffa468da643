/**
 * Settings of the directory service.
 *
 * @module
 */
import type { SettingsDeclaration } from '@sallygate/service-kit'
import { z } from 'zod'
import { connectionFields } from './connection-settings.ts'
import { contentFields, distinguishedName } from './content-settings.ts'
import { directoryTypes } from './fields.ts'
import { syncSettings } from './sync-settings.ts'

const fields = {
  type: z.enum(directoryTypes).default('activeDirectory'),
  ...connectionFields,
  ...contentFields,
  sync: syncSettings.prefault({}),
} as const

interface NamesServers {
  readonly servers: readonly unknown[]
  readonly discovery?: unknown
}

const namesServers = ({ servers, discovery }: NamesServers) => servers.length > 0 || discovery !== undefined
const aServer = { path: ['servers'], message: 'a server, or a domain to find them in' }

const schema = z.strictObject(fields).refine(namesServers, aServer)

/** Settings somebody is still writing: the base DN may be what is being looked for. */
export const draftSettingsSchema = z
  .strictObject({ ...fields, baseDn: distinguishedName.optional() })
  .refine(namesServers, aServer)

export type DirectorySettings = z.infer<typeof schema>
export type DirectorySettingsInput = z.input<typeof schema>
export type DraftSettings = z.infer<typeof draftSettingsSchema>

export const directorySettings: SettingsDeclaration<typeof schema> = {
  schema,
  classification: {
    type: 'public',
    servers: 'public',
    discovery: 'public',
    encryption: 'public',
    trust: 'public',
    certificatePins: 'public',
    bind: 'public',
    bindDn: 'personal',
    bindPassword: 'secret',
    referrals: 'public',
    baseDn: 'public',
    userBaseDn: 'public',
    groupBaseDn: 'public',
    userObjectClass: 'public',
    groupObjectClass: 'public',
    userFilter: 'public',
    groupFilter: 'public',
    userAttributes: 'public',
    groupAttributes: 'public',
    customAttributes: 'public',
    objectIdentifier: 'public',
    disabledRule: 'public',
    membership: 'public',
    sync: 'public',
    connectTimeoutMs: 'public',
    operationTimeoutMs: 'public',
    maxBytes: 'public',
    maxEntries: 'public',
  },
  erasesSecrets: ['servers', 'discovery', 'encryption', 'trust', 'certificatePins', 'bind', 'referrals'],
}
