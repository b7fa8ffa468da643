/**
 * Checking: every step from the name of each server to a sender that it accepts.
 *
 * The last step asks for the sender and takes it back, so that nothing is sent.
 *
 * @module
 */
import { approachSays, partOf, stepRows } from '@sallygate/agent-kit'
import { startTrace, type CheckRow, type OperationContext } from '@sallygate/service-kit'
import { mailFailure } from '../contract.ts'
import { dial } from './dial.ts'
import { said, serverLabel, type Dialed, type Dialer, type ServerAddress } from './line.ts'

export async function checkMail(dialer: Dialer, context: OperationContext): Promise<readonly CheckRow[]> {
  const rows: CheckRow[] = []
  const { servers } = dialer.plan.settings
  for (const [index, server] of servers.entries()) {
    const part = partOf(context, dialer.host.clock, servers.length - index)
    rows.push(...(await checkServer(dialer, server, part)))
  }
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
  const { clock } = dialer.host
  const startsTls = trace.spans.some(({ name }) => name === 'startTls')
  return stepRows({
    clock,
    spans: trace.spans,
    failure,
    label,
    steps: stepsOf(dialer, startsTls).map((step) => [step, stepNames[step] ?? step] as const),
    says: {
      ...approachSays(dialed?.tls, {
        now: clock.now(),
        renew: 'Renew the certificate of the mail server.',
        verify: 'Choose the encryption required, and give the authority or the pin of the certificate.',
      }),
      greeting: 'The server is ready.',
      ehlo: ({ auth }) => `The server offers ${auth === '' ? 'no sign-in' : `sign-in by ${auth}`}.`,
      startTls: 'The server agreed to encrypt.',
      auth: 'The server accepted the account.',
      sender: 'The server accepts the sender. Whether it takes a recipient, only a test message shows.',
    },
  })
}

function stepsOf({ plan }: Dialer, startsTls: boolean): readonly string[] {
  const { encryption } = plan.settings
  const greet = ['greeting', 'ehlo']
  const starts = encryption === 'required' || (encryption === 'opportunistic' && startsTls)
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
