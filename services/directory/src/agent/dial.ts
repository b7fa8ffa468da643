/**
 * Dialing one directory server: look up, connect, encrypt, speak LDAP, bind.
 *
 * Each step is a span. A connection that does not get to its end is closed here.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { extendedOids, LdapSession, passwordPolicyRequest, resultCodes } from '@sallygate/protocol-ldap'
import type { OperationContext, ServiceHost } from '@sallygate/service-kit'
import { directoryFailure } from '../contract.ts'
import { bindRefused, translate } from './answers.ts'
import { connectTcp, namesOf, secure, type Verified } from './connect.ts'
import { within } from './deadline.ts'
import { bindByKerberos } from './kerberos.ts'
import type { DirectoryPlan } from './plan.ts'
import { serverLabel, type ServerAddress } from './server-entry.ts'

export interface Dialed {
  readonly session: LdapSession
  readonly server: ServerAddress
  readonly label: string
  /** Absent on a connection that is not encrypted. */
  readonly tls: Verified | undefined
}

export interface Dialer {
  readonly plan: DirectoryPlan
  readonly host: Pick<ServiceHost, 'target' | 'locate' | 'log'> & { readonly clock: Clock }
}

/** A conversation that is ready for a bind. */
export async function dial({ plan, host }: Dialer, server: ServerAddress, context: OperationContext): Promise<Dialed> {
  const { settings } = plan
  const { trace } = context
  const label = serverLabel(server)
  const limited = <T>(step: (signal: AbortSignal) => Promise<T>) =>
    within(host.clock, context, settings.connectTimeoutMs, step).catch((error: unknown) => {
      throw directoryFailure.is(error) && error.code === 'DIRECTORY_TIME_OUT'
        ? directoryFailure('UNREACHABLE', { cause: error, details: { server: label, reason: 'no answer in time' } })
        : translate(error, label)
    })
  const target = await trace.span('dns', async (note) => {
    const found = await limited((signal) => abortable(host.target(server.host, server.port), signal))
    note({ server: label, address: found.address })
    return found
  })
  const socket = await trace.span('tcp', () => limited((signal) => connectTcp(target, signal)))
  const name = server.certificateName ?? target.serverName
  const bounds = { maxMessageBytes: settings.maxBytes }
  const encrypt = (stream: Parameters<typeof secure>[0]) =>
    trace.span('tls', async (note) => {
      const verified = await limited((signal) => secure(stream, name, plan, signal))
      note({ name, protocol: verified.protocol, names: namesOf(verified.certificate) })
      return verified
    })
  if (settings.encryption === 'none') return { session: new LdapSession(socket, bounds), server, label, tls: undefined }
  if (settings.encryption === 'ldaps') {
    const tls = await encrypt(socket)
    return { session: new LdapSession(tls.stream, bounds), server, label, tls }
  }
  const plain = new LdapSession(socket, { maxMessageBytes: 64 * 1024 })
  const stream = await trace.span('startTls', async () => {
    const answer = await limited((signal) => plain.extended(extendedOids.startTls, signal))
    if (answer.result.code === resultCodes.success) return detach(plain, label)
    plain.destroy(undefined)
    throw directoryFailure('STARTTLS_REFUSED', {
      details: { server: label, code: answer.result.code, said: answer.result.diagnostic },
    })
  })
  const tls = await encrypt(stream)
  return { session: new LdapSession(tls.stream, bounds), server, label, tls }
}

function detach(session: LdapSession, label: string) {
  try {
    return session.detach()
  } catch (error) {
    throw translate(error, label)
  }
}

/** A look-up cannot be called back; its answer is then dropped. */
function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason), { once: true })
    promise.then(resolve, reject)
  })
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

export async function bindService({ plan, host }: Dialer, dialed: Dialed, context: OperationContext): Promise<void> {
  const { bindDn, bindPassword, operationTimeoutMs } = plan.settings
  if (plan.bind === 'anonymous') return
  if (plan.bind === 'kerberos') return bindByKerberos({ plan, host }, dialed, context)
  if (bindDn === undefined || bindPassword === undefined) return
  await context.trace.span('bind', async (note) => {
    note({ server: dialed.label, as: 'bind account' })
    const answer = await within(host.clock, context, operationTimeoutMs, (signal) =>
      dialed.session.bind(bindDn, bindPassword, [passwordPolicyRequest], signal),
    ).catch((error: unknown) => {
      throw translate(error, dialed.label)
    })
    const refused = bindRefused(answer, dialed.label)
    if (refused !== undefined) throw refused
  })
}
