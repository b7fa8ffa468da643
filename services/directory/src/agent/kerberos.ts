/**
 * Binding by Kerberos: SASL GSSAPI (RFC 4752) without a layer of its own, inside TLS.
 *
 * The ticket comes from the keytab on this host; nothing of it is in the settings. The
 * native module `kerberos` is optional: it is loaded when it is needed, and its
 * absence is said. It cannot bind to the TLS channel, so a server that always
 * demands that refuses (docs/directory.md).
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import { resultCodes, type SaslAnswer } from '@sallygate/protocol-ldap'
import type { OperationContext } from '@sallygate/service-kit'
import { directoryFailure } from '../contract.ts'
import { bindRefused, translate } from './answers.ts'
import { within } from './deadline.ts'
import type { Dialed, Dialer } from './dial.ts'

const moduleName = 'kerberos'
const mechanism = 'GSSAPI'
/** A ticket, an answer, the choice of a layer; more is a server that plays for time. */
const maxSteps = 6
/** Security layer: none (1), and no buffer; our name is the ticket's (RFC 4752 3.1). */
const noLayer = Buffer.from([1, 0, 0, 0])

/** What we use of the module, as its documentation describes it. Texts are base64. */
export interface KerberosModule {
  readonly GSS_C_MUTUAL_FLAG: number
  readonly GSS_C_SEQUENCE_FLAG: number
  readonly GSS_MECH_OID_KRB5: number
  initializeClient(service: string, options: object): Promise<KerberosClient>
}

interface KerberosClient {
  readonly contextComplete: boolean
  /** `null` where its documents promise text: it has nothing more to say. */
  step(challenge: string): Promise<string | null>
  unwrap(challenge: string): Promise<string>
  wrap(challenge: string, options?: object): Promise<string>
}

/** @throws DIRECTORY_KERBEROS_UNAVAILABLE, _KERBEROS_FAILED, _BIND_REFUSED. */
export async function bindByKerberos(
  dialer: Dialer,
  dialed: Dialed,
  context: OperationContext,
  load: () => Promise<KerberosModule> = loadModule,
): Promise<void> {
  await context.trace.span('bind', async (note) => {
    note({ server: dialed.label, as: 'Kerberos' })
    const { operationTimeoutMs } = dialer.plan.settings
    const answer = await within(dialer.host.clock, context, operationTimeoutMs, (signal) =>
      negotiate(dialer, dialed, signal, load),
    ).catch((error: unknown) => {
      throw translate(error, dialed.label)
    })
    const refused = bindRefused(answer, dialed.label)
    if (refused !== undefined) throw refused
  })
}

async function negotiate(
  { plan }: Dialer,
  { server, session, label }: Dialed,
  signal: AbortSignal,
  load: () => Promise<KerberosModule>,
): Promise<SaslAnswer> {
  const kerberos = await load()
  const { bindDn } = plan.settings
  // The principal of a server is its name in the directory, which is what the certificate carries.
  const service = `ldap@${server.certificateName ?? server.host}`
  const client = await said(label, () =>
    kerberos.initializeClient(service, {
      mechOID: kerberos.GSS_MECH_OID_KRB5,
      gssFlag: kerberos.GSS_C_MUTUAL_FLAG | kerberos.GSS_C_SEQUENCE_FLAG,
      ...(bindDn === undefined ? {} : { principal: bindDn }),
    }),
  )
  let challenge = ''
  for (let step = 0; step < maxSteps; step++) {
    const token = client.contextComplete
      ? await said(label, () => chooseNoLayer(client, challenge))
      : await said(label, async () => client.step(challenge))
    const data = Buffer.from(token ?? '', 'base64')
    const answer = await session.saslStep(mechanism, data, signal)
    if (answer.result.code !== resultCodes.saslBindInProgress) return answer
    challenge = Buffer.from(answer.serverCredentials ?? Buffer.alloc(0)).toString('base64')
  }
  throw directoryFailure('KERBEROS_FAILED', { details: { server: label, said: 'no end of steps' } })
}

/** The server offers layers in the first byte; it has to offer none, because TLS is there. */
async function chooseNoLayer(client: KerberosClient, challenge: string): Promise<string> {
  const offered = Buffer.from(await client.unwrap(challenge), 'base64')[0] ?? 0
  if ((offered & 1) === 0) throw new Error('the server insists on a layer of its own inside TLS')
  return client.wrap(noLayer.toString('base64'))
}

async function said<T>(server: string, step: () => Promise<T>): Promise<T> {
  try {
    return await step()
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    const text = cause instanceof Error ? cause.message : String(cause)
    throw directoryFailure('KERBEROS_FAILED', { cause, details: { server, said: text.slice(0, 200) } })
  }
}

async function loadModule(): Promise<KerberosModule> {
  try {
    const loaded = (await import(moduleName)) as { readonly default?: KerberosModule } & KerberosModule
    return loaded.default ?? loaded
  } catch (cause) {
    throw directoryFailure('KERBEROS_UNAVAILABLE', { cause, details: { module: moduleName } })
  }
}
