/**
 * Authenticating: whether a password belongs to a user, asked once.
 *
 * Another server may be tried only while the password has not been sent. After
 * that, no answer means "could not verify" and never "wrong password"; asking again
 * would count twice against the person's lock-out.
 *
 * @module
 */
import { equal, parseName, passwordPolicyRequest, type Filter } from '@sallygate/protocol-ldap'
import { serviceFailure, type OperationContext, type ParamsOf, type ResultOf } from '@sallygate/service-kit'
import { directoryFailure, unknownUser, type DirectoryContract, type Refusal } from '../contract.ts'
import { refusalOf } from './answers.ts'
import { within } from './deadline.ts'
import { dial, type Dialer } from './dial.ts'
import { isAllowed } from './scope.ts'
import type { ServerList } from './servers.ts'

type Params = ParamsOf<DirectoryContract, 'authenticate'>
type Result = ResultOf<DirectoryContract, 'authenticate'>

/** At most two DNs of users that match; for finding out whether it is one. */
export type FindUser = (
  filter: Filter,
  context: OperationContext,
) => Promise<{ dns: readonly string[]; server: string }>

export interface Authenticator {
  readonly dialer: Dialer
  readonly servers: ServerList
  readonly findUser: FindUser
}

export async function authenticate(own: Authenticator, params: Params, context: OperationContext): Promise<Result> {
  if (params.password === '') throw directoryFailure('EMPTY_PASSWORD')
  const { plan } = own.dialer
  const login = readLogin(params.user)
  if (login.kind === 'dn') {
    if (!isAllowed(params.user, { text: plan.users.base, name: plan.users.baseName }, context)) {
      throw directoryFailure('BASE_NOT_ALLOWED')
    }
    return bindAs(own, params.user, params.user, params.password, context)
  }
  // Active Directory knows whom `DOMAIN\user` and `user@domain` mean better than a search in one domain does.
  // But then nobody has seen the entry, and a group that is limited to a part of the tree may not go by trust.
  const isDirect = plan.isActiveDirectory && login.kind !== 'bare' && context.limits['baseDns'] === undefined
  if (isDirect) return bindAs(own, params.user, undefined, params.password, context)
  if (plan.isActiveDirectory && login.kind === 'windows') {
    throw directoryFailure('BASE_NOT_ALLOWED', { details: { give: 'user@domain' } })
  }
  const found = await own.findUser(loginFilter(own.dialer, params.user, login.kind), context)
  const [dn] = found.dns
  if (dn === undefined) return refused(unknownUser, undefined, found.server)
  if (found.dns.length > 1) throw directoryFailure('AMBIGUOUS_USER')
  return bindAs(own, dn, dn, params.password, context)
}

type Login = { readonly kind: 'dn' | 'windows' | 'principal' | 'bare' }

export function readLogin(user: string): Login {
  if (user.includes('=')) {
    try {
      if (parseName(user).length > 0) return { kind: 'dn' }
    } catch {
      // A user name may hold an = and be no DN.
    }
  }
  if (/^[^\\@]+\\[^\\]+$/.test(user)) return { kind: 'windows' }
  return { kind: user.includes('@') ? 'principal' : 'bare' }
}

/** `DOMAIN\ada` → `ada` */
export const accountOf = (user: string) => user.slice(user.indexOf('\\') + 1)

/** One attribute only: a person who may edit one of two could take a name that somebody else signs in with. */
function loginFilter({ plan }: Dialer, user: string, kind: Login['kind']): Filter {
  const { login = 'uid', userPrincipalName } = plan.mapping.user
  // Only Active Directory has domains. Elsewhere `ACME\ada`, as consoles write it, is ada of this directory.
  const name = kind === 'windows' ? accountOf(user) : user
  return equal(kind === 'principal' ? (userPrincipalName ?? login) : login, name)
}

async function bindAs(
  { dialer, servers }: Authenticator,
  name: string,
  dn: string | undefined,
  password: string,
  context: OperationContext,
): Promise<Result> {
  const { plan, host } = dialer
  const dialed = await servers.reach(context, (server) => dial(dialer, server, context))
  try {
    return await context.trace.span('bind', async (note) => {
      note({ server: dialed.label, as: 'user' })
      // Last look before the password leaves: from here on there is no second try.
      if (dialed.session.failure !== undefined) throw directoryFailure('CONNECTION_LOST')
      const answer = await within(host.clock, context, plan.settings.operationTimeoutMs, (signal) =>
        dialed.session.bind(name, password, [passwordPolicyRequest], signal),
      ).catch((cause: unknown) => {
        const failure = directoryFailure('COULD_NOT_VERIFY', { cause, details: { server: dialed.label } })
        // Whoever comes next must not wait for the same silence. A caller that left says nothing about the server.
        if (!serviceFailure.is(cause)) servers.suspect(dialed.label, failure)
        throw failure
      })
      const refusal = refusalOf(answer, dialed.label)
      if (refusal === undefined) {
        return { outcome: 'accepted', says: 'Signed in.', server: dialed.label, ...(dn === undefined ? {} : { dn }) }
      }
      host.log.info('sign-in refused', { server: dialed.label, reason: refusal.reason, code: refusal.logCode })
      return refused(refusal, dn, dialed.label)
    })
  } finally {
    dialed.session.close()
  }
}

function refused({ reason, says, logCode }: Refusal, dn: string | undefined, server: string): Result {
  return { outcome: 'refused', reason, says, logCode, server, ...(dn === undefined ? {} : { dn }) }
}
