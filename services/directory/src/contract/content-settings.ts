/**
 * Settings: what in the directory counts, and where each thing about it stands.
 *
 * @module
 */
import { z } from 'zod'
import { groupFields, identifierKinds, userFields } from './fields.ts'

/** Nobody maps a password, not by mistake either: what is mapped is shown, stored and sent on. */
const secretAttributes =
  /^(userPassword|unicodePwd|ntPwdHistory|lmPwdHistory|dBCSPwd|supplementalCredentials|authPassword|sambaNTPassword|sambaLMPassword|krbPrincipalKey|ipaNTHash|ms-Mcs-AdmPwd|msLAPS-.*|msDS-ManagedPassword|msDS-KeyCredentialLink|msFVE-.*|nspmPassword.*|httpPassword|dominoCertificate|userPKCS12|privateKey|publicKeySecret|sshPrivateKey|2\.5\.4\.35|1\.2\.840\.113556\.1\.4\.90)$/i

export const isSecretAttribute = (attribute: string): boolean =>
  secretAttributes.test(attribute.split(';', 1)[0] ?? attribute)

export const attributeName = z
  .string()
  .max(128)
  .regex(/^([A-Za-z][A-Za-z0-9-]*|\d+(\.\d+)+)$/, 'the name of an attribute')
const shownAttribute = attributeName.refine((name) => !isSecretAttribute(name), 'an attribute that holds no secret')
const filter = z.string().min(1).max(4096)
export const distinguishedName = z.string().min(1).max(2048)

/** When an account counts as disabled. */
export const disabledRuleSchema = z.discriminatedUnion('kind', [
  /** One of its values is this one; upper and lower case are the same. */
  z.strictObject({ kind: z.literal('value'), attribute: attributeName, value: z.string().min(1).max(256) }),
  /** A number in which this flag is set. The flag's value, a power of two: 2 for `userAccountControl`. */
  z.strictObject({
    kind: z.literal('flagBit'),
    attribute: attributeName,
    bit: z
      .number()
      .int()
      .min(1)
      .max(2 ** 31)
      .refine((bit) => Number.isInteger(Math.log2(bit)), 'a power of two'),
  }),
  /** Nobody is disabled, as far as this directory says. */
  z.strictObject({ kind: z.literal('none') }),
])
export type DisabledRule = z.infer<typeof disabledRuleSchema>

export const transitiveRules = ['none', 'matchingRule', 'walk'] as const

export const membershipSchema = z.strictObject({
  /** Of a group: who is in it. Absent: the attribute of the field `member`. */
  attribute: attributeName.optional(),
  /** `login` for attributes such as `memberUid`. */
  holds: z.enum(['dn', 'login']).default('dn'),
  /** Groups in groups: by the server (Active Directory's rule), step by step, or not at all. */
  transitive: z.enum(transitiveRules).optional(),
})

export const maxCustomAttributes = 50

export const contentFields = {
  baseDn: distinguishedName,
  userBaseDn: distinguishedName.optional(),
  groupBaseDn: distinguishedName.optional(),
  userObjectClass: attributeName.optional(),
  groupObjectClass: attributeName.optional(),
  /** RFC 4515. An administrator's, never a caller's; parsed before it is used. */
  userFilter: filter.optional(),
  groupFilter: filter.optional(),
  userAttributes: z.partialRecord(z.enum(userFields), attributeName).optional(),
  groupAttributes: z.partialRecord(z.enum(groupFields), attributeName).optional(),
  /** More attributes of users, by the name they get here. */
  customAttributes: z
    .record(
      z
        .string()
        .max(40)
        .regex(/^[A-Za-z][A-Za-z0-9_-]*$/, 'a name of letters and digits'),
      shownAttribute,
    )
    .refine((map) => Object.keys(map).length <= maxCustomAttributes, `at most ${maxCustomAttributes}`)
    .optional(),
  objectIdentifier: z.strictObject({ attribute: attributeName, dataType: z.enum(identifierKinds) }).optional(),
  /** Absent: the rule of the type. */
  disabledRule: disabledRuleSchema.optional(),
  /** Absent: the type's. */
  membership: membershipSchema.optional(),
  /** Of one operation. 10,000 users with all fields of the mapping take about 6 MiB. */
  maxBytes: z
    .number()
    .int()
    .min(64 * 1024)
    .max(256 * 1024 * 1024)
    .default(16 * 1024 * 1024),
  maxEntries: z.number().int().min(1).max(10_000).default(10_000),
} as const
