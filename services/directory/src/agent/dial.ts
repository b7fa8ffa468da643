/**
 * Dialing one directory server: look up, connect, encrypt, speak LDAP, bind.
 *
 * Each step is a span. A connection that does not get to its end is closed here.
 *
 * @module
 */
import { approach, trustContext, type Secured } from '@sallygate/agent-kit'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import { extendedOids, LdapSession, passwordPolicyRequest, resultCodes } from '@sallygate/protocol-ldap'
import type { OperationContext, ServiceHost } from '@sallygate/service-kit'
import { directoryFailure } from '../contract.ts'
import { bindRefused, translate } from './answers.ts'
import type { BindRest } from './bind-rest.ts'
import { failures } from './connect.ts'
import { within } from './deadline.ts'
import { bindByKerberos } from './kerberos.ts'
import type { DirectoryPlan } from './plan.ts'
import { serverLabel, type ServerAddress } from './server-entry.ts'

export interface Dialed {
  readonly session: LdapSession
  readonly server: ServerAddress
  readonly label: string
  /** Absent on a connection that is not encrypted. */
  readonly tls: Secured | undefined
}

export interface Dialer {
  readonly plan: DirectoryPlan
  readonly host: Pick<ServiceHost, 'target' | 'locate' | 'log'> & { readonly clock: Clock }
  /** Learns whether the bind account is taken. */
  readonly bindRest?: BindRest
}

/** A conversation that is ready for a bind. */
export async function dial({ plan, host }: Dialer, server: ServerAddress, context: OperationContext): Promise<Dialed> {
  const { settings } = plan
  const { trace } = context
  const label = serverLabel(server)
  const told = (error: unknown) => translate(error, label)
  const about = { server: label }
  const way = approach({ host, context, limitMs: settings.connectTimeoutMs, about, failures, translate: told })
  const { socket, name } = await way.reach(server)
  const bounds = { maxMessageBytes: settings.maxBytes }
  const expected = {
    name,
    context: trustContext(plan.authorities),
    pins: plan.pins,
  }
  if (settings.encryption === 'none') return { session: new LdapSession(socket, bounds), server, label, tls: undefined }
  if (settings.encryption === 'ldaps') {
    const tls = await way.encrypt(socket, expected)
    return { session: new LdapSession(tls.stream, bounds), server, label, tls }
  }
  const plain = new LdapSession(socket, { maxMessageBytes: 64 * 1024 })
  const stream = await trace.span('startTls', async () => {
    const answer = await way
      .limited((signal) => plain.extended(extendedOids.startTls, signal))
      .catch((error: unknown) => {
        throw unanswered(error)
      })
    if (answer.result.code === resultCodes.success) return detach(plain, label)
    plain.destroy(undefined)
    throw directoryFailure('STARTTLS_REFUSED', {
      details: { server: label, code: answer.result.code, said: answer.result.diagnostic },
    })
  })
  const tls = await way.encrypt(stream, expected)
  return { session: new LdapSession(tls.stream, bounds), server, label, tls }
}

/** Nothing came before: a port that waits for TLS takes LDAP for a broken greeting and ends the connection. */
function unanswered(error: unknown): unknown {
  if (!(error instanceof Failure) || error.code !== 'DIRECTORY_CONNECTION_LOST') return error
  return directoryFailure('CLEAR_NOT_ANSWERED', { details: error.details, cause: error })
}

function detach(session: LdapSession, label: string) {
  try {
    return session.detach()
  } catch (error) {
    throw translate(error, label)
  }
}

/** Dials and binds with the service account, or stays anonymous where the settings name none. */
export async function dialAndBind(dialer: Dialer, server: ServerAddress, context: OperationContext): Promise<Dialed> {
  const dialed = await dial(dialer, server, context)
  try {
    await bindService(dialer, dialed, context)
    return dialed
  } catch (error) {
    dialed.session.destroy(error)
    throw error
  }
}

export async function bindService(dialer: Dialer, dialed: Dialed, context: OperationContext): Promise<void> {
  try {
    await bindAsService(dialer, dialed, context)
    dialer.bindRest?.accepted()
  } catch (error) {
    if (error instanceof Failure && error.code === 'DIRECTORY_BIND_REFUSED') dialer.bindRest?.refused(error)
    throw error
  }
}

async function bindAsService({ plan, host }: Dialer, dialed: Dialed, context: OperationContext): Promise<void> {
  const { bindDn, bindPassword, operationTimeoutMs } = plan.settings
  if (plan.bind === 'anonymous') return
  if (plan.bind === 'kerberos') return bindByKerberos({ plan, host }, dialed, context)
  if (bindDn === undefined || bindPassword === undefined) return
  await context.trace.span('bind', async (note) => {
    note({ server: dialed.label, as: 'bind account' })
    const answer = await within(host.clock, context, operationTimeoutMs, (signal) =>
      dialed.session.bind(bindDn, bindPassword, [passwordPolicyRequest], signal),
    ).catch((error: unknown) => {
      const failure = translate(error, dialed.label)
      throw dialed.tls === undefined ? unanswered(failure) : failure
    })
    const refused = bindRefused(answer, dialed.label)
    if (refused !== undefined) throw refused
  })
}
