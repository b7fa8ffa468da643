/**
 * Composing: one message as bytes, the same bytes at every attempt but for a signature.
 *
 * nodemailer builds the MIME; it gets texts that were checked, and may read no file and
 * fetch nothing. Everything is quoted-printable or base64, so no server needs 8BITMIME.
 *
 * @module
 */
import { sha256, toHex, type Bytes } from '@sallygate/base/bytes'
import type { ParamsOf } from '@sallygate/service-kit'
import { mailFailure, type MailContract } from '../contract.ts'
import type { MailPlan } from './plan.ts'

type Params = ParamsOf<MailContract, 'send'>

/** @throws MAIL_TOO_LARGE. */
export async function composeMail(plan: MailPlan, params: Params): Promise<Buffer> {
  const { from, fromName, replyTo, maxMessageBytes } = plan.settings
  // With the first message: most connectors are asked for none all day, and it is read into memory as a whole.
  const { default: MailComposer } = await import('nodemailer/lib/mail-composer')
  const composer = new MailComposer({
    from: { name: fromName ?? '', address: from },
    ...(replyTo === undefined ? {} : { replyTo: { name: '', address: replyTo } }),
    to: params.to.map((address) => ({ name: '', address })),
    subject: params.subject,
    text: params.text,
    ...(params.html === undefined ? {} : { html: params.html }),
    messageId: `<${params.messageId}>`,
    date: new Date(params.date),
    // RFC 3834 5: so that nobody's absence is told to a machine.
    headers: { 'Auto-Submitted': 'auto-generated' },
    baseBoundary: toHex(sha256(Buffer.from(params.messageId))).slice(0, 32),
    disableFileAccess: true,
    disableUrlAccess: true,
  })
  const bytes = await composer.compile().build()
  const { signing } = plan
  const whole = signing === undefined ? bytes : await sign(signing, bytes)
  if (whole.length > maxMessageBytes) {
    throw mailFailure('TOO_LARGE', { details: { bytes: whole.length, limit: maxMessageBytes } })
  }
  return whole
}

async function sign(signing: NonNullable<MailPlan['signing']>, bytes: Buffer): Promise<Buffer> {
  const { default: DKIM } = await import('nodemailer/lib/dkim')
  return collect(new DKIM(signing).sign(bytes))
}

async function collect(stream: AsyncIterable<Bytes>): Promise<Buffer> {
  const chunks: Bytes[] = []
  for await (const chunk of stream) chunks.push(chunk)
  return Buffer.concat(chunks)
}

/**
 * As it goes over the wire: only CRLF ends a line, and a line that begins with a dot gets another (RFC 5321 4.5.2). Ends
 * with CRLF; the final dot is not in it.
 */
export function transparent(message: Buffer): Buffer {
  // A lone CR or LF would end a line for some servers and not for others: what follows it could be taken for commands.
  const text = message.toString('latin1').replaceAll(/\r\n|\r|\n/g, '\r\n')
  const ended = text.endsWith('\r\n') ? text : `${text}\r\n`
  return Buffer.from(ended.replaceAll(/(^|\r\n)\./g, '$1..'), 'latin1')
}
