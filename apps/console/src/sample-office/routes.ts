/**
 * What arrived at the sample office, *simulated*: only there where `npm start` says where it is.
 *
 * The console asks for it over loopback and shows it beside what it sent, so that a newcomer
 * sees both ends. Without the setting there is nothing to ask, and the answer is *not found*.
 *
 * @module
 */
import { z } from 'zod'
import { consoleFailure } from '../failures.ts'
import { defineRoute, type Route } from '../http/route.ts'
import { sampleOfficeFailure } from './failures.ts'

export interface SampleOfficeParts {
  /** The setting `sampleOfficeUrl`. */
  readonly sampleOfficeUrl: string | undefined
}

const mail = z.object({
  number: z.number().int(),
  at: z.iso.datetime(),
  from: z.string().max(400),
  to: z.array(z.string().max(400)).max(200),
  subject: z.string().max(1000),
  messageId: z.string().max(300),
  isEncrypted: z.boolean(),
  text: z.string().max(20_000),
  html: z.string().max(20_000),
})

/** Whatever a collector reads: facts by name. */
const syslogLine = z
  .object({ number: z.number().int() })
  .catchall(z.union([z.string().max(20_000), z.number(), z.boolean()]))

const maxBytes = 16 * 1024 * 1024
const withinMs = 3000

export function sampleOfficeRoutes({ sampleOfficeUrl }: SampleOfficeParts): readonly Route[] {
  return [
    defineRoute({
      method: 'GET',
      path: '/api/sample-office/mails',
      policy: 'services:read',
      says: 'Lists the mail that the simulated mail server of the sample office took. Only where npm start runs one.',
      pages: { of: 'mails', by: ['number'] },
      result: z.object({ simulated: z.literal(true), mails: z.array(mail) }),
      handler: async () => ({ simulated: true as const, mails: await itemsOf(sampleOfficeUrl, 'mails', mail) }),
    }),
    defineRoute({
      method: 'GET',
      path: '/api/sample-office/syslog',
      policy: 'services:read',
      says: 'Lists the syslog messages that the simulated collector of the sample office read. Only where npm start runs one.',
      pages: { of: 'messages', by: ['number'] },
      result: z.object({ simulated: z.literal(true), messages: z.array(syslogLine) }),
      handler: async () => ({
        simulated: true as const,
        messages: await itemsOf(sampleOfficeUrl, 'syslog', syslogLine),
      }),
    }),
  ]
}

/** @throws CONSOLE_NOT_FOUND, SAMPLE_OFFICE_AWAY. */
async function itemsOf<T extends z.ZodType>(
  base: string | undefined,
  kind: 'mails' | 'syslog',
  item: T,
): Promise<z.output<T>[]> {
  if (base === undefined || !isOnThisMachine(base)) throw consoleFailure('NOT_FOUND')
  try {
    const answer = await fetch(new URL(`/${kind}`, base), { redirect: 'error', signal: AbortSignal.timeout(withinMs) })
    const text = await bounded(answer)
    const schema = z.object({ simulated: z.literal(true), items: z.array(item).max(1000) })
    return schema.parse(JSON.parse(text)).items
  } catch (cause) {
    throw sampleOfficeFailure('AWAY', { cause })
  }
}

/** The setting is for one thing; it makes no way to anywhere else. */
function isOnThisMachine(base: string): boolean {
  if (!URL.canParse(base)) return false
  const { protocol, hostname } = new URL(base)
  return protocol === 'http:' && hostname === '127.0.0.1'
}

async function bounded(answer: Response): Promise<string> {
  if (!answer.ok || answer.body === null) throw new Error(`answered ${answer.status}`)
  const chunks: Uint8Array[] = []
  let length = 0
  for await (const chunk of answer.body) {
    length += chunk.length
    if (length > maxBytes) throw new Error('too large')
    chunks.push(chunk)
  }
  return Buffer.concat(chunks).toString('utf8')
}
