/**
 * @module
 */
import { toBase64Url } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import type { NacFacts } from '@sallygate/domain'
import type { Store } from '@sallygate/store'
import { certificatePem, exportPublicPoint, thumbprints } from '@sallygate/trust'
import { z } from 'zod'
import type { ApiKeyBook } from '../admins/api-keys.ts'
import type { Installation } from '../certificates/installation.ts'
import { thumbprintsSchema } from '../connectors/schema.ts'
import { consoleFailure } from '../failures.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { NacParts } from './assembly.ts'
import type { KnownNac } from './nac-book.ts'
import {
  actionSchema,
  exportSchema,
  factsSchema,
  feedQuery,
  nacSchema,
  renewalSchema,
  reportSchema,
  signedPageSchema,
} from './schema.ts'

export interface NacRouteParts {
  readonly store: Store
  readonly installation: Installation
  readonly admins: { readonly apiKeys: ApiKeyBook }
  readonly nac: NacParts
}

const nothing = z.strictObject({})

/** For administrators. */
export function nacRoutes(parts: NacRouteParts): readonly Route[] {
  const { nac, installation, admins } = parts
  return [
    defineRoute({
      method: 'GET',
      path: '/api/nac',
      policy: 'nac:read',
      says: 'How every nac is: its age, its certificate and how long it has, and what each policy node did last and how fast it was answered.',
      pages: { of: 'nacs', by: ['name', 'id'] },
      result: z.strictObject({ nacs: z.array(nacSchema) }),
      handler: async () => ({ nacs: await Promise.all(nac.book.list().map((one) => present(one, nac))) }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/nac/certificate',
      policy: 'nac:read',
      says: 'What ISE has to import: the certificates that nacs serve with, the authority above them, thumbprints and ends.',
      result: z.strictObject({
        authority: z.strictObject({ pem: z.string(), thumbprints: thumbprintsSchema, notAfter: z.iso.datetime() }),
        servers: z.array(
          z.strictObject({
            nac: z.string(),
            /** The server's own certificate first, then the authority. */
            chain: z.string(),
            thumbprints: thumbprintsSchema,
            notAfter: z.iso.datetime(),
            daysLeft: z.number().int(),
          }),
        ),
      }),
      handler: () => {
        const { authority } = nac.certificates
        const pem = certificatePem(authority)
        const servers = nac.book.list().flatMap((one) => {
          if (one.leaf === undefined) return []
          const end = endOf(one, nac)
          return [{ nac: one.name, chain: `${one.report.certificate.trimEnd()}\n${pem}`, ...end }]
        })
        return {
          authority: { pem, thumbprints: thumbprints(authority), notAfter: authority.notAfter.toISOString() },
          servers,
        }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/nac/settings',
      policy: 'nac:read',
      says: 'Shows what holds for all of nac.',
      result: factsSchema,
      handler: () => nac.facts.get(),
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/nac/settings',
      policy: 'nac:edit',
      says: 'Changes what holds for all of nac. What is not named stays.',
      body: factsSchema.partial(),
      result: factsSchema,
      handler: async ({ body }) => {
        const given = Object.entries(body).filter(([, value]) => value !== undefined)
        return nac.facts.change(Object.fromEntries(given) as Partial<NacFacts>)
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/nac/export',
      policy: 'nac:edit',
      says: 'Exports all that a nac needs to belong to this console: its address, the key of the feed, and a credential of its own. The answer holds a secret and is shown this once.',
      body: z.strictObject({
        name: z.string().min(1).max(200),
        consoleUrl: z.url({ protocol: /^https?$/ }).max(2000),
        /** PEM of the authority of the console's certificate, where it is not the console's own. */
        consoleCa: z.string().max(100_000).optional(),
      }),
      result: exportSchema,
      status: 201,
      handler: async ({ body, actor }) => {
        const fresh = { name: body.name, role: 'nac', group: undefined, expiresAt: undefined }
        const { secret } = await admins.apiKeys.add(actor, fresh)
        return {
          format: 'sallygate nac console file 1' as const,
          consoleUrl: body.consoleUrl,
          consoleCa: body.consoleCa ?? certificatePem(installation.root),
          consoleKey: toBase64Url(exportPublicPoint(installation.channel.privateKey)),
          credential: secret.reveal(),
        }
      },
    }),
  ]
}

/** For nac itself. */
export function nacProcessRoutes({ nac }: Pick<NacRouteParts, 'nac'>): readonly Route[] {
  const policy = 'nac-feed:edit'
  return [
    defineRoute({
      method: 'GET',
      path: '/api/nac/feed',
      policy,
      says: 'A signed page of what changed since a number, for nac. Waits for a change when there is none.',
      query: feedQuery,
      result: signedPageSchema,
      handler: ({ query, signal }) => nac.feed.page(query, signal),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/nac/report',
      policy,
      changes: false,
      says: 'Takes what a nac says of itself and of its clients.',
      body: reportSchema,
      result: nothing,
      handler: async ({ body, actor }) => {
        await nac.book.heard({ id: actor.id, name: actor.name }, body)
        return {}
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/nac/actions',
      policy,
      says: 'Takes over an action that a NAC asked a nac for. The same id again changes nothing.',
      body: actionSchema,
      result: nothing,
      // The key is nac's own; who asked nac, and from where, is what an auditor wants to know.
      notes: ({ action, account, source }) => `${action}, asked of nac by account ${account} from ${source}`,
      handler: async ({ body }) => {
        await nac.actions.take(body)
        return {}
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/nac/verify',
      policy,
      changes: false,
      says: 'Asks the directory whether the password of a directory account of nac is right.',
      body: z.strictObject({
        account: z.string().min(1).max(64),
        user: z.string().min(1).max(256),
        password: z.string().min(1).max(1024),
        source: z.string().max(64),
      }),
      result: z.strictObject({ accepted: z.boolean() }),
      handler: async ({ body }) => {
        const account = (await nac.accountOf(body.account))?.value
        const isFitting = account?.kind === 'directory' && !account.disabled && isSame(account.user, body.user)
        if (!isFitting) throw consoleFailure('NOT_FOUND')
        const { isRight } = await nac.directory.verify(account.user, new Secret(body.password), account.group)
        return { accepted: isRight }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/nac/certificate',
      policy,
      says: 'Issues the next TLS certificate of a nac, for the names of the one it has, to whoever holds its key.',
      body: renewalSchema,
      result: z.strictObject({ certificatePem: z.string() }),
      handler: async ({ body }) => ({ certificatePem: await nac.certificates.renew(body) }),
    }),
  ]
}

const isSame = (a: string, b: string) => a.normalize('NFC').toLowerCase() === b.normalize('NFC').toLowerCase()

function endOf({ leaf }: KnownNac, { clock }: NacParts) {
  if (leaf === undefined) throw new Error('asked only of what has one')
  const leftMs = leaf.validToDate.getTime() - clock.now().getTime()
  return {
    thumbprints: thumbprints({ der: leaf.raw }),
    notAfter: leaf.validToDate.toISOString(),
    daysLeft: Math.floor(leftMs / 86_400_000),
  }
}

async function present(one: KnownNac, nac: NacParts): Promise<z.infer<typeof nacSchema>> {
  const { certificate: _, alarms: __, nodes, ...report } = one.report
  const named = nodes.map(async (node) => ({ ...node, user: await nac.userOf(node.account) }))
  return {
    id: one.id,
    name: one.name,
    heardAt: one.heardAt.toISOString(),
    isSilent: one.isSilent,
    ...report,
    ...(one.leaf === undefined ? {} : { certificate: endOf(one, nac) }),
    nodes: await Promise.all(named),
  }
}
