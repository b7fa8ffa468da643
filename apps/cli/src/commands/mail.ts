/**
 * `sallygate mail`: the outbox of a group, what became of each message, and what to do about it.
 *
 * @module
 */
import type { Command } from 'commander'
import { withConsole } from '../console-access.ts'
import { exits, print, printFields, printJson, printTable } from '../output.ts'
import { access, type Flags, type Words } from './mail-access.ts'
import { runChange, runList, runShow, runTest } from './mail-message.ts'

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
  readonly lastFailure?: Words & { readonly at: string }
  readonly waits?: Words
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
  const { counts, servers, lastFailure, waits } = status
  if ((counts['dead'] ?? 0) > 0) process.exitCode = exits.findings
  if (flags.json === true) return printJson(status)
  printFields([
    ['mail service', status.isOn ? 'on' : 'off: sallygate service set mail turns it on'],
    ...Object.entries(counts).map(([state, count]) => [state, count] as const),
    ['oldest waits since', status.oldestWaitingAt?.slice(0, 16)],
    ['being sent now', status.underWay],
    ...(waits === undefined ? [] : trouble('the oldest waits because', waits)),
    ...(lastFailure === undefined || lastFailure.code === waits?.code ? [] : trouble('last failure', lastFailure)),
  ])
  if (servers.length === 0) return
  print('')
  printTable(
    ['server', 'sent', 'later', 'refused', 'unknown', 'last'],
    servers.map((one) => [one.server, one.sent, one.deferred, one.refused, one.unknown, one.lastAt.slice(0, 16)]),
  )
}

function trouble(name: string, { says, code, fix }: Words): readonly (readonly [string, string])[] {
  return [
    [name, `${says} (${code})`],
    ['what to do', fix],
  ]
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
