/**
 * @module
 */
import { Secret } from '@sallygate/base/secret'
import type { Session, Store } from '@sallygate/store'
import { z } from 'zod'
import { consoleFailure } from '../failures.ts'
import { isInstallationWide, type Actor } from '../http/policy.ts'
import { defineRoute, type Connection, type Route } from '../http/route.ts'
import { grantsOf } from './grants.ts'
import { ownSessionRoutes } from './own-session-routes.ts'
import { sessionSchema, setupSchema, signInSchema } from './session-schema.ts'
import type { Setup } from './setup.ts'
import type { SignIn } from './sign-in.ts'

export interface SessionRouteParts {
  readonly store: Store
  readonly admins: { readonly signIn: SignIn; readonly setup: Setup }
}

export function sessionRoutes(parts: SessionRouteParts): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/setup',
      policy: 'public',
      says: 'Says whether the console waits for its first administrator, and whether this browser is signed in.',
      result: z.strictObject({ isNeeded: z.boolean(), isSignedIn: z.boolean() }),
      // So that the pages need not find out by a refusal, which a browser reports as an error.
      handler: async ({ connection: { session } }) => ({
        isNeeded: parts.admins.setup.isNeeded,
        isSignedIn: session !== undefined && (await parts.store.sessions.check(session)) !== undefined,
      }),
    }),
    defineRoute({
      method: 'POST',
      path: '/api/setup',
      policy: 'public',
      says: 'Makes the first administrator, once, with the code in the home of the console; and signs in.',
      body: setupSchema,
      result: sessionSchema,
      status: 201,
      handler: async ({ body, connection }) => {
        const { code, name } = body
        const { source } = connection
        const password = new Secret(body.password)
        const admin = await parts.admins.setup.run({ code, name, password, source })
        return begin(parts, { id: admin.id, name: admin.name }, connection)
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/session',
      policy: 'public',
      says: 'Signs in: the answer sets the session cookie. An earlier session of the browser ends.',
      body: signInSchema,
      result: sessionSchema,
      handler: async ({ body, connection }) => {
        const password = new Secret(body.password)
        const { source } = connection
        const { admin } = await parts.admins.signIn.byPassword({
          user: body.user,
          password,
          source,
          totp: body.totp,
        })
        if (connection.session !== undefined) await parts.store.sessions.end(connection.session)
        return begin(parts, admin, connection)
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/api/session',
      policy: 'proven',
      says: 'Says who is asking, what he may, and until when.',
      result: sessionSchema,
      handler: async ({ actor, connection }) => {
        const { session: token } = connection
        const session = token === undefined ? undefined : await parts.store.sessions.check(token)
        return present(parts, actor, session?.admin === actor.id ? session : undefined)
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/session',
      policy: 'proven',
      says: 'Signs out: the session ends here and now.',
      result: z.strictObject({}),
      handler: async ({ connection }) => {
        if (connection.session === undefined) throw consoleFailure('NOT_FOUND')
        await parts.store.sessions.end(connection.session)
        connection.clearSession()
        return {}
      },
    }),
    ...ownSessionRoutes(parts),
  ]
}

async function begin(
  parts: SessionRouteParts,
  { id, name }: { readonly id: string; readonly name: string },
  connection: Connection,
): Promise<z.infer<typeof sessionSchema>> {
  const { session, token } = await parts.store.sessions.start(id, connection.origin)
  connection.setSession(token.reveal(), session.expiresAt)
  return present(parts, { kind: 'admin', id, name, grants: await grantsOf(parts.store, 'admin', id) }, session)
}

async function present(
  { store }: SessionRouteParts,
  actor: Actor,
  session: Session | undefined,
): Promise<z.infer<typeof sessionSchema>> {
  const { id, name, grants } = actor
  const account = actor.kind === 'admin' ? await store.adminAccounts.find(id) : undefined
  const kind = actor.kind === 'admin' ? (account?.kind ?? 'local') : 'apiKey'
  const [first] = grants
  return {
    admin: { id, name, kind },
    ...(isInstallationWide(actor) || first?.group === undefined ? {} : { group: first.group }),
    resources: [...new Set(grants.flatMap((grant) => [...grant.rights]))].toSorted(),
    grants: grants.map(({ group, rights }) => ({
      ...(group === undefined ? {} : { group }),
      resources: [...rights].toSorted(),
    })),
    ...(account === undefined ? {} : { hasTotp: account.hasTotp, hasPin: account.pinHash !== undefined }),
    ...(account?.expiresAt === undefined ? {} : { accountExpiresAt: account.expiresAt.toISOString() }),
    ...(session === undefined ? {} : { expiresAt: session.expiresAt.toISOString() }),
  }
}
