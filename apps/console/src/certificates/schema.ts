/**
 * @module
 */
import { z } from 'zod'
import { thumbprintsSchema } from '../connectors/schema.ts'

export const rootSchema = z.strictObject({
  pem: z.string(),
  thumbprints: thumbprintsSchema,
  notAfter: z.iso.datetime(),
})

export const listedCertificateSchema = z.strictObject({
  kind: z.enum(['groupAuthority', 'consoleSigning', 'instance', 'bootstrap']),
  /** Of the connector it belongs to. */
  name: z.string().optional(),
  thumbprints: thumbprintsSchema,
  serial: z.string(),
  /** `announced`: trusted, and not used yet. `retired`: replaced, and trusted until its grace ends. */
  status: z.enum(['announced', 'active', 'retired', 'revoked']),
  notBefore: z.iso.datetime(),
  notAfter: z.iso.datetime(),
})

const dnsName = z
  .string()
  .max(253)
  .regex(/^(?:\*\.)?[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'a DNS name')

export const tlsOrderSchema = z
  .strictObject({
    /** For people; what counts are the names below. */
    commonName: z.string().min(1).max(64).optional(),
    dnsNames: z.array(dnsName).max(50).default([]),
    ipAddresses: z
      .array(z.union([z.ipv4(), z.ipv6()]))
      .max(50)
      .default([]),
  })
  .refine(({ dnsNames, ipAddresses }) => dnsNames.length + ipAddresses.length > 0, 'a DNS name or an IP address')

export const tlsCertificateSchema = z.strictObject({
  certificatePem: z.string(),
  privateKeyPem: z.string(),
  notAfter: z.iso.datetime(),
})
