/**
 * @module
 */
import type { Store } from '@sallygate/store'
import { certificatePem, issueTlsServer, makePrivateKey, parseCertificate, thumbprints } from '@sallygate/trust'
import type { Clock } from '@sallygate/base/clock'
import { z } from 'zod'
import type { InstanceBook } from '../connectors/instance-book.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import type { Installation } from './installation.ts'
import { presentCertificates } from './presenter.ts'
import { listedCertificateSchema, rootSchema, tlsCertificateSchema, tlsOrderSchema } from './schema.ts'
import { addCertificate } from './stored.ts'

export interface CertificateRouteParts {
  readonly store: Store
  readonly clock: Clock
  readonly installation: Installation
  readonly groups: OrganizationGroups
  readonly book: InstanceBook
}

export function certificateRoutes(parts: CertificateRouteParts): readonly Route[] {
  const { store, installation, groups, book } = parts
  return [
    defineRoute({
      method: 'GET',
      path: '/api/certificates/root',
      policy: 'certificates:read',
      says: 'Shows the product root, which every part trusts.',
      result: rootSchema,
      handler: () => ({
        pem: certificatePem(installation.root),
        thumbprints: thumbprints(installation.root),
        notAfter: installation.root.notAfter.toISOString(),
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/tls-certificates',
      policy: 'certificates:edit',
      says: 'Issues a TLS server certificate under the product root. The private key is in this answer and is not kept.',
      body: tlsOrderSchema,
      result: tlsCertificateSchema,
      status: 201,
      handler: ({ body }) => issueTls(parts, body.dnsNames, body.ipAddresses),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/certificates',
      policy: 'certificates:read',
      says: 'Lists the certificates of a group with thumbprints and expiry.',
      params: groupParams,
      pages: { of: 'certificates', by: ['notBefore', 'serial'] },
      result: z.strictObject({ certificates: z.array(listedCertificateSchema) }),
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        const names = new Map(
          book.list(id).flatMap((entry) => entry.keys.map(({ keyId }) => [keyId, entry.name] as const)),
        )
        return { certificates: presentCertificates(await store.certificates.list({ group: id }), names) }
      },
    }),
  ]
}

async function issueTls({ store, clock, installation }: CertificateRouteParts, hosts: string[], addresses: string[]) {
  const issuer = await installation.openRoot()
  const privateKey = makePrivateKey()
  const certificate = await issueTlsServer({ issuer, publicKey: privateKey, at: clock.now(), hosts, addresses })
  await addCertificate(store, 'tlsServer', parseCertificate(certificate.der))
  return {
    // The root itself stays out: whoever verifies has it, or must not take it from here.
    certificatePem: certificatePem(certificate),
    privateKeyPem: privateKey.export({ format: 'pem', type: 'pkcs8' }).toString(),
    notAfter: certificate.notAfter.toISOString(),
  }
}
