/**
 * Checking: every step from the name of each server to a sender that it accepts.
 *
 * The last step asks for the sender and takes it back, so that nothing is sent.
 *
 * @module
 */
import { chainOf } from '@sallygate/base/peer-chain'
import { CheckList, startTrace, type CheckFinding, type CheckRow, type OperationContext } from '@sallygate/service-kit'
import { mailFailure } from '../contract.ts'
import { namesOf } from './connect.ts'
import { dial, said, serverLabel, type Dialed, type Dialer, type ServerAddress } from './dial.ts'

/** Time enough to renew before anything stops. */
const soonDays = 14

export async function checkMail(dialer: Dialer, context: OperationContext): Promise<readonly CheckRow[]> {
  const rows: CheckRow[] = []
  for (const server of dialer.plan.settings.servers) rows.push(...(await checkServer(dialer, server, context)))
  return [...rows, ...warnings(dialer)]
}

const stepNames: Readonly<Record<string, string>> = {
  dns: 'Name and policy',
  tcp: 'TCP connection',
  tls: 'TLS certificate',
  greeting: 'Greeting',
  ehlo: 'EHLO',
  startTls: 'STARTTLS',
  auth: 'Sign-in',
  sender: 'Sender',
}

/** One row per step of dialing, in the order of the steps; the trace of the dial knows them. */
async function checkServer(
  dialer: Dialer,
  server: ServerAddress,
  context: OperationContext,
): Promise<readonly CheckRow[]> {
  const { settings } = dialer.plan
  const label = serverLabel(server)
  const trace = startTrace(dialer.host.clock)
  let dialed: Dialed | undefined
  let failure: unknown
  try {
    dialed = await dial(dialer, server, { ...context, trace })
    const open = dialed
    await trace.span('sender', async () => askSender(open, settings.from))
  } catch (error) {
    failure = error
  } finally {
    dialed?.session.close()
  }
  const rows: CheckRow[] = []
  for (const step of stepsOf(dialer, dialed)) {
    // EHLO is said again once the connection is encrypted; the last one counts.
    const span = trace.spans.findLast(({ name }) => name === step)
    const target = `${stepNames[step]}: ${label}`
    const only = new CheckList(dialer.host.clock)
    if (span === undefined) only.skip(target, 'Not tried, because a step before it failed.')
    else {
      await only.row(target, async () => {
        if (span.outcome === 'failed') throw failure
        return describeStep(step, span.detail, dialed, dialer.host.clock.now())
      })
    }
    rows.push(...only.rows.map((row) => ({ ...row, durationMs: Math.round(span?.durationMs ?? 0) })))
  }
  return rows
}

function stepsOf({ plan }: Dialer, dialed: Dialed | undefined): readonly string[] {
  const { encryption } = plan.settings
  const greet = ['greeting', 'ehlo']
  const starts = encryption === 'required' || (encryption === 'opportunistic' && dialed?.tls !== undefined)
  const steps = encryption === 'implicit' ? ['tls', ...greet] : starts ? [...greet, 'startTls', 'tls'] : greet
  return ['dns', 'tcp', ...steps, ...(plan.authentication.kind === 'none' ? [] : ['auth']), 'sender']
}

async function askSender({ command, label }: Dialed, from: string): Promise<void> {
  const reply = await command(`MAIL FROM:<${from}>`)
  await command('RSET')
  if (reply.code === 530 || reply.code === 538) throw mailFailure('AUTH_REQUIRED', { details: said(reply, label) })
  if (reply.code >= 400 && reply.code < 500) throw mailFailure('SERVER_BUSY', { details: said(reply, label) })
  if (reply.code >= 500) throw mailFailure('SENDER_REFUSED', { details: said(reply, label) })
}

function describeStep(
  step: string,
  detail: Readonly<Record<string, string | number | boolean>>,
  dialed: Dialed | undefined,
  now: Date,
): CheckFinding {
  if (step === 'dns') return `Allowed, address ${detail['address']}.`
  if (step === 'tcp') return 'Connected.'
  if (step === 'greeting') return 'The server is ready.'
  if (step === 'ehlo') {
    const auth = detail['auth'] === '' ? 'no sign-in' : `sign-in by ${detail['auth']}`
    return `The server offers ${auth}.`
  }
  if (step === 'startTls') return 'The server agreed to encrypt.'
  if (step === 'auth') return 'The server accepted the account.'
  if (step === 'sender')
    return 'The server accepts the sender. Whether it takes a recipient, only a test message shows.'
  return dialed?.tls === undefined ? 'Encrypted.' : describeCertificate(dialed.tls, now)
}

function describeCertificate(
  { certificate, protocol, isVerified }: NonNullable<Dialed['tls']>,
  now: Date,
): CheckFinding {
  const days = Math.floor((Date.parse(certificate.valid_to) - now.getTime()) / 86_400_000)
  const issuer = String(certificate.issuer.CN ?? certificate.issuer.O ?? 'unknown')
  const says = `${protocol}, made out to ${namesOf(certificate)}, issued by ${issuer}, ${days} days left.`
  const chain = chainOf(certificate, now)
  if (!isVerified) {
    const fix = 'Choose the encryption required, and give the authority or the pin of the certificate.'
    return { result: 'warning', says: `${says} It was not verified: anybody could be at the other end.`, fix, chain }
  }
  if (days > soonDays) return { result: 'ok', says, fix: '', chain }
  return { result: 'warning', says, fix: 'Renew the certificate of the mail server.', chain }
}

function warnings({ plan }: Dialer): readonly CheckRow[] {
  if (plan.settings.encryption !== 'none') return []
  return plan.settings.servers.map((server) => ({
    target: `Encryption: ${serverLabel(server)}`,
    result: 'warning' as const,
    says:
      plan.authentication.kind === 'none'
        ? 'Messages travel readable by everybody on the way.'
        : 'Messages and the password travel readable by everybody on the way.',
    fix: 'Choose the encryption required or implicit in the mail settings.',
    durationMs: 0,
  }))
}
