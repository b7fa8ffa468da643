/**
 * Messages of the outbox: listed, shown with every attempt, sent again, given up, and a test.
 *
 * @module
 */
import type { ConsoleClient } from '@sallygate/supervisor'
import { print, printFields, printJson, printTable } from '../output.ts'
import { queryOf } from '../query.ts'
import { access, type Flags, type Words } from './mail-access.ts'

interface Recipient {
  readonly address: string
  readonly state: string
  readonly attempts: number
  readonly nextAttemptAt?: string
  readonly reply?: number
  readonly status?: string
  readonly said?: string
}

export interface Message {
  readonly id: string
  readonly number: number
  readonly template: string
  readonly subject: string
  readonly messageId: string
  readonly state: string
  readonly attempts: number
  readonly createdAt: string
  readonly giveUpAt: string
  readonly nextAttemptAt?: string
  readonly waits?: Words
  readonly recipients: readonly Recipient[]
}

interface Attempt {
  readonly number: number
  readonly startedAt: string
  readonly endedAt?: string
  readonly connector?: string
  readonly server?: string
  readonly code?: string
  readonly says?: string
  readonly outcomes: readonly {
    readonly address: string
    readonly outcome: string
    readonly reply?: number
    readonly said?: string
  }[]
}

export async function runList(
  flags: Flags & { readonly state?: string; readonly limit?: string; readonly cursor?: string },
): Promise<void> {
  const { client, path } = await access(flags)
  const { state, limit, cursor } = flags
  const query = queryOf({ state, limit: limit ?? '30', cursor })
  const { messages, nextCursor } = await client.call<{
    readonly messages: readonly Message[]
    readonly nextCursor?: string
  }>('GET', `${path}/messages${query}`)
  if (flags.json === true) return printJson({ messages, nextCursor })
  printTable(
    ['queued', 'state', 'to', 'subject', 'next attempt', 'because', 'id'],
    messages.map((one) => [
      one.createdAt.slice(0, 16),
      one.state,
      one.recipients.length === 1 ? one.recipients[0]?.address : `${one.recipients.length} recipients`,
      one.subject,
      one.nextAttemptAt?.slice(0, 16),
      one.waits?.code,
      one.id,
    ]),
  )
  if (nextCursor !== undefined) print(`\nMore: --cursor ${nextCursor}`)
}

export async function runShow(id: string, flags: Flags): Promise<void> {
  const { client, path } = await access(flags)
  const message = await client.call<Message & { readonly attemptList: readonly Attempt[] }>(
    'GET',
    `${path}/messages/${encodeURIComponent(id)}`,
  )
  if (flags.json === true) return printJson(message)
  printFields([
    ['subject', message.subject],
    ['template', message.template],
    ['state', message.state],
    ['waits because', message.waits === undefined ? undefined : `${message.waits.says} (${message.waits.code})`],
    ['what to do', message.waits?.fix],
    ['queued', message.createdAt],
    ['next attempt', message.nextAttemptAt],
    ['given up at', message.state === 'waiting' ? message.giveUpAt : undefined],
    ['Message-ID', message.messageId],
  ])
  print('')
  printTable(
    ['recipient', 'state', 'attempts', 'server said'],
    message.recipients.map((one) => [one.address, one.state, one.attempts, saidOf(one)]),
  )
  for (const attempt of message.attemptList) {
    const { number, startedAt, connector, server, says, endedAt } = attempt
    const how = says ?? (endedAt === undefined ? 'nobody knows how it ended' : outcomesOf(attempt))
    print(
      `\nattempt ${number}, ${startedAt}${connector === undefined ? '' : `, by ${connector}`}${server === undefined ? '' : ` to ${server}`}: ${how}`,
    )
  }
}

export async function runTest(addresses: readonly string[], flags: Flags): Promise<void> {
  const { client, path } = await access(flags)
  const queued = await client.call<Message>('POST', `${path}/test`, { to: addresses })
  const message = await decided(client, path, queued)
  if (flags.json === true) return printJson(message)
  const { state, waits, id } = message
  print(state === 'sent' ? 'The mail server has it.' : 'Queued.')
  if (waits !== undefined) print(`It waits: ${waits.says} (${waits.code})\n${waits.fix}`)
  print(`What becomes of it: sallygate mail show ${id}`)
}

const decidedWithinMs = 5000

/** As it is after the first attempt, or after a few seconds. */
async function decided(client: ConsoleClient, path: string, queued: Message): Promise<Message> {
  let message = queued
  const untilMs = performance.now() + decidedWithinMs
  const isOpen = () => message.waits === undefined && (message.state === 'waiting' || message.state === 'sending')
  while (isOpen() && performance.now() < untilMs) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    message = await client.call<Message>('GET', `${path}/messages/${message.id}`)
  }
  return message
}

export async function runChange(ids: readonly string[], what: 'retry' | 'cancel', flags: Flags): Promise<void> {
  const { client, path } = await access(flags)
  const messages: Message[] = []
  for (const id of ids)
    messages.push(await client.call<Message>('POST', `${path}/messages/${encodeURIComponent(id)}/${what}`))
  if (flags.json === true) return printJson({ messages })
  for (const { subject, id } of messages) {
    print(
      what === 'retry'
        ? `"${subject}" is sent again now: sallygate mail show ${id}`
        : `"${subject}" is sent to nobody else.`,
    )
  }
}

function saidOf({ reply, status, said, nextAttemptAt }: Recipient): string | undefined {
  if (reply === undefined) return nextAttemptAt === undefined ? undefined : `next attempt ${nextAttemptAt.slice(0, 16)}`
  return [reply, status, said].filter((part) => part !== undefined).join(' ')
}

function outcomesOf({ outcomes }: Attempt): string {
  return outcomes
    .map(
      ({ address, outcome, reply, said }) =>
        `${address} ${outcome}${reply === undefined ? '' : ` (${reply} ${said ?? ''})`}`,
    )
    .join('; ')
}
