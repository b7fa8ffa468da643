/**
 * Settings: which servers, how they are reached, whom is believed, who we are to them.
 *
 * What decides where a password goes has no default: a stored page that does not name
 * it reads as it was written, so an update cannot look like a change of target and
 * erase the password.
 *
 * @module
 */
import { z } from 'zod'

export const hostName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9._:-]+$/, 'a host name or IP address')

const dnsLabel = /^[A-Za-z0-9_]([A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?$/
const domainName = z
  .string()
  .max(253)
  .refine((name) => name.split('.').every((label) => dnsLabel.test(label)), 'a DNS domain, such as corp.example.com')

/** Hex, 64 digits, colons allowed: as openssl, Windows and browsers show it. */
const thumbprint = z
  .string()
  .max(100)
  .regex(/^([0-9A-Fa-f]{2}:?){31}[0-9A-Fa-f]{2}$/, 'a SHA-256 thumbprint')
  .transform((text) => text.replaceAll(':', '').toLowerCase())

export const bindKinds = ['simple', 'kerberos', 'anonymous'] as const
export const referralRules = ['never', 'listed'] as const

export const connectionFields = {
  /** In order of preference. The one that answers is kept; a better one that is back is taken again within half a minute. */
  servers: z
    .array(
      z.strictObject({
        host: hostName,
        /** 389 LDAP and StartTLS, 636 LDAPS, 3268 and 3269 the same for the global catalog. */
        port: z.number().int().min(1).max(65_535),
        /** The name in the certificate, where it is not the host. */
        certificateName: hostName.optional(),
        /** Used only while no other server answers. */
        isBackup: z.boolean().optional(),
      }),
    )
    .max(8)
    .default([]),
  /** Servers that DNS names, behind those that are given by hand. */
  discovery: z
    .strictObject({
      kind: z.literal('srv'),
      domain: domainName,
      /** Servers of this site first. `automatic`: the site that a domain controller says we are in. */
      site: z.string().max(63).regex(dnsLabel, 'the name of a site, or automatic').optional(),
      /** The catalog of the whole forest (ports 3268 and 3269), for a directory of several domains. */
      globalCatalog: z.boolean().optional(),
    })
    .optional(),
  /** `none` sends passwords readable by everybody on the way, and is shown in red. */
  encryption: z.enum(['ldaps', 'startTls', 'none']).default('ldaps'),
  /** Authorities to believe, PEM. Absent: those the connector host believes. */
  trust: z.string().max(65_536).optional(),
  /** SHA-256 of server certificates: these are believed whoever signed them, and no others. */
  certificatePins: z.array(thumbprint).min(1).max(16).optional(),
  /** Absent: simple where a bind account is named, else anonymous. `kerberos` uses the keytab on the connector host. */
  bind: z.enum(bindKinds).optional(),
  /** DN, user@domain or DOMAIN\user. With `kerberos`: the principal to take from the keytab; absent: its first. */
  bindDn: z.string().min(1).max(2048).optional(),
  bindPassword: z.string().min(1).max(1024).optional(),
  /** Where a server points to another one: go there with the bind account, if that host is on this list. */
  referrals: z.strictObject({ follow: z.enum(referralRules), hosts: z.array(hostName).max(16).default([]) }).optional(),
  /** Three seconds reach any server that is up; more only hides one that is down. */
  connectTimeoutMs: z.number().int().min(100).max(60_000).default(3000),
  operationTimeoutMs: z.number().int().min(100).max(300_000).default(10_000),
} as const
