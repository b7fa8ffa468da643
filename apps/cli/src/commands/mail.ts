/**
 * `sallygate mail`: the outbox of a group, what became of each message, and what to do about it.
 *
 * @module
 */
import type { Command } from 'commander'
import { consoleFrom, groupIdFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { exits, print, printFields, printJson, printTable } from '../output.ts'
import { queryOf } from '../query.ts'

type Flags = AccessOptions & { readonly json?: boolean; readonly group?: string }

interface Recipient {
  readonly address: string
  readonly state: string
  readonly attempts: number
  readonly nextAttemptAt?: string
  readonly reply?: number
  readonly status?: string
  readonly said?: string
}

interface Message {
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
  readonly waitsFor?: string
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

interface Status {
  readonly isOn: boolean
  readonly counts: Readonly<Record<string, number>>
  readonly oldestWaitingAt?: string
  readonly underWay: number
  readonly servers: readonly {
    readonly server: string
    readonly sent: number
    readonly deferred: number
    readonly refused: number
    readonly unknown: number
    readonly lastAt: string
  }[]
  readonly lastFailure?: { readonly at: string; readonly code: string; readonly says: string; readonly fix: string }
}

interface Template {
  readonly name: string
  readonly says: string
  readonly variables: readonly { readonly name: string; readonly says: string; readonly example: string }[]
}

export function addMail(program: Command): void {
  const mail = program.command('mail').description('the outbox: what the console mails, and what became of it')
  const sub = (words: string, says: string) =>
    withConsole(mail.command(words).description(says)).option('--group <group>', 'organization group, by name or id')
  sub('status', 'how mail goes; exit code 2 when some was given up').action(runStatus)
  sub('list', 'messages, newest first')
    .option('--state <state>', 'waiting, sending, unknown, sent, refused, dead, cancelled, or problems')
    .option('--limit <n>', 'at most this many')
    .option('--cursor <cursor>', 'go on where the last page ended')
    .action(runList)
  sub('show', 'a message with every attempt and what the server said').argument('<message>', 'its id').action(runShow)
  sub('test', 'queue a test message').argument('<address...>').action(runTest)
  sub('retry', 'send it again, now, to those who do not have it')
    .argument('<message...>', 'ids')
    .action((ids: readonly string[], flags: Flags) => runChange(ids, 'retry', flags))
  sub('cancel', 'give up those who still wait for it')
    .argument('<message...>', 'ids')
    .action((ids: readonly string[], flags: Flags) => runChange(ids, 'cancel', flags))
  sub('templates', 'the templates of all mail and their variables').action(runTemplates)
  sub('preview', 'what a template makes of its variables; those that are not named have their examples')
    .argument('<template>')
    .argument('[variable=value...]')
    .action(runPreview)
}

async function runStatus(flags: Flags): Promise<void> {
  const { client, path } = await access(flags)
  const status = await client.call<Status>('GET', `${path}/status`)
  const { counts, servers, lastFailure } = status
  if ((counts['dead'] ?? 0) > 0) process.exitCode = exits.findings
  if (flags.json === true) return printJson(status)
  printFields([
    ['mail service', status.isOn ? 'on' : 'off'],
    ...Object.entries(counts).map(([state, count]) => [state, count] as const),
    ['oldest waits since', status.oldestWaitingAt?.slice(0, 16)],
    ['being sent now', status.underWay],
    ['last failure', lastFailure === undefined ? undefined : `${lastFailure.says} (${lastFailure.code})`],
    ['what to do', lastFailure?.fix],
  ])
  if (servers.length === 0) return
  print('')
  printTable(
    ['server', 'sent', 'later', 'refused', 'unknown', 'last'],
    servers.map((one) => [one.server, one.sent, one.deferred, one.refused, one.unknown, one.lastAt.slice(0, 16)]),
  )
}

async function runList(
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
    ['queued', 'state', 'to', 'subject', 'next attempt', 'id'],
    messages.map((one) => [
      one.createdAt.slice(0, 16),
      one.state,
      one.recipients.length === 1 ? one.recipients[0]?.address : `${one.recipients.length} recipients`,
      one.subject,
      one.waitsFor === undefined ? one.nextAttemptAt?.slice(0, 16) : `waits: ${one.waitsFor}`,
      one.id,
    ]),
  )
  if (nextCursor !== undefined) print(`\nMore: --cursor ${nextCursor}`)
}

async function runShow(id: string, flags: Flags): Promise<void> {
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
    ['waits for', message.waitsFor],
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

async function runTest(addresses: readonly string[], flags: Flags): Promise<void> {
  const { client, path } = await access(flags)
  const message = await client.call<Message>('POST', `${path}/test`, { to: addresses })
  if (flags.json === true) return printJson(message)
  print(`Queued. What becomes of it: sallygate mail show ${message.id}`)
}

async function runChange(ids: readonly string[], what: 'retry' | 'cancel', flags: Flags): Promise<void> {
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

async function runTemplates(flags: Flags): Promise<void> {
  const { client, path } = await access(flags)
  const { templates } = await client.call<{ readonly templates: readonly Template[] }>('GET', `${path}/templates`)
  if (flags.json === true) return printJson(templates)
  printTable(
    ['template', 'when', 'variables'],
    templates.map(({ name, says, variables }) => [name, says, variables.map((one) => one.name).join(', ')]),
  )
}

async function runPreview(template: string, words: readonly string[], flags: Flags): Promise<void> {
  const { client, path } = await access(flags)
  const variables = Object.fromEntries(
    words.map((word) => [word.slice(0, Math.max(0, word.indexOf('='))), word.slice(word.indexOf('=') + 1)]),
  )
  const made = await client.call<{ readonly subject: string; readonly text: string }>(
    'POST',
    `${path}/templates/${encodeURIComponent(template)}/preview`,
    { variables },
  )
  if (flags.json === true) return printJson(made)
  print(`Subject: ${made.subject}\n\n${made.text}`)
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

async function access(flags: Flags) {
  const client = consoleFrom(flags)
  return { client, path: `/api/groups/${await groupIdFrom(client, flags.group)}/mail` }
}
