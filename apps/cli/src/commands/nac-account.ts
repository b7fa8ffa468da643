/**
 * `sallygate nac account`: with what NACs prove who they are. A secret is written to a file, never to the screen.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { writeFileAtomic } from '@sallygate/base/file'
import type { Command } from 'commander'
import { nacAccountPath } from '../addressable.ts'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { print, printJson, printTable } from '../output.ts'
import { secretFromFile } from '../secret-input.ts'

type Flags = AccessOptions & { readonly json?: boolean }

interface Account {
  readonly id: string
  readonly user: string
  readonly kind: string
  readonly group?: string
  readonly right: string
  readonly actions: readonly string[]
  readonly messages: boolean
  readonly disabled: boolean
  readonly sources: readonly string[]
  readonly certificates: readonly string[]
  readonly expiresAt?: string
  readonly secrets: readonly { readonly notAfter?: string }[]
}

type Made = Account & { readonly secret?: string }

interface ShapeFlags {
  readonly right?: string
  readonly action?: readonly string[]
  readonly messages?: boolean
  readonly source?: readonly string[]
  readonly certificate?: readonly string[]
  readonly expires?: string
}

type AddFlags = Flags &
  ShapeFlags & {
    readonly directory?: boolean
    readonly group?: string
    readonly secretFile?: string
    readonly out?: string
  }

export function addNacAccount(nac: Command): void {
  const account = nac.command('account').description('accounts with which NACs ask nac')
  withConsole(account.command('list').description('every account you see')).action(runList)
  shaped(withConsole(account.command('add').description('make an account; its secret goes to a file (mode 0600)')))
    .argument('<user>', 'as the NAC will send it; for a directory account DOMAIN\\user')
    .option('--directory', 'the directory checks the password, through a connector')
    .option('--group <group>', 'sees the devices of this group and below; without it, all')
    .option('--secret-file <file>', 'a secret of yours; without it, one is made')
    .option('--out <file>', 'where to write a secret that is made')
    .action(runAdd)
  shaped(withConsole(account.command('change').description('change an account; what is not named stays')))
    .argument('<user>', 'user or id')
    .action(async (user: string, options: Flags & ShapeFlags) => change(user, options, shapeOf(options)))
  withConsole(account.command('rotate').description('a new secret; the one before stays good for a while'))
    .argument('<user>', 'user or id')
    .option('--secret-file <file>', 'a secret of yours; without it, one is made')
    .option('--out <file>', 'where to write a secret that is made')
    .option('--overlap-hours <n>', 'how long the one before stays good', '168')
    .action(runRotate)
  for (const [word, disabled] of [
    ['disable', true],
    ['enable', false],
  ] as const)
    withConsole(account.command(word).description(`${word} an account`))
      .argument('<user>', 'user or id')
      .action(async (user: string, options: Flags) => change(user, options, { disabled }))
  withConsole(account.command('remove').description('remove an account; who uses it is refused at once'))
    .argument('<user>', 'user or id')
    .action(async (user: string, options: Flags) => {
      const client = consoleFrom(options)
      const answer = await client.call('DELETE', await nacAccountPath(client, user))
      if (options.json === true) return printJson(answer)
      print(`${user} is refused from now on.`)
    })
}

function shaped(command: Command): Command {
  const list = (value: string, all: readonly string[] = []) => [...all, value]
  return command
    .option('--right <read|edit>', 'the role REST API MDM: to ask, or also to act')
    .option('--action <action>', 'may do this: pin_lock, corporate_wipe, full_wipe; several times', list)
    .option('--messages', 'may send messages to devices')
    .option('--source <network>', 'may only come from there: 192.0.2.0/24; several times', list)
    .option('--certificate <sha256>', 'has to show one of these client certificates; several times', list)
    .option('--expires <date>', 'YYYY-MM-DD, or never')
}

function shapeOf({ right, action, messages, source, certificate, expires }: ShapeFlags): Record<string, unknown> {
  const date = expires === undefined || expires === 'never' ? null : new Date(expires)
  if (date !== null && Number.isNaN(date.getTime()))
    throw cliFailure('BAD_ARGUMENT', { details: { argument: '--expires', expected: 'YYYY-MM-DD, or never' } })
  return {
    ...(right === undefined ? {} : { right }),
    ...(action === undefined ? {} : { actions: action }),
    ...(messages === undefined ? {} : { messages }),
    ...(source === undefined ? {} : { sources: source }),
    ...(certificate === undefined
      ? {}
      : { certificates: certificate.map((one) => one.replaceAll(':', '').toLowerCase()) }),
    ...(expires === undefined ? {} : { expiresAt: date === null ? null : date.toISOString() }),
  }
}

async function runList(options: Flags): Promise<void> {
  const { accounts } = await consoleFrom(options).call<{ readonly accounts: readonly Account[] }>(
    'GET',
    '/api/nac/accounts',
  )
  if (options.json === true) return printJson(accounts)
  printTable(
    ['user', 'kind', 'right', 'may', 'from', 'until', 'secrets', 'state', 'id'],
    accounts.map((one) => [
      one.user,
      one.kind,
      one.right,
      [...one.actions, ...(one.messages ? ['messages'] : [])].join(' ') || 'ask',
      `${one.sources.join(' ') || 'anywhere'}${one.certificates.length === 0 ? '' : ', with a certificate'}`,
      one.expiresAt?.slice(0, 10),
      one.kind === 'directory' ? undefined : one.secrets.length,
      one.disabled ? 'disabled' : 'enabled',
      one.id,
    ]),
  )
}

async function runAdd(user: string, options: AddFlags): Promise<void> {
  const { directory, group, secretFile, out } = options
  const isMade = directory !== true && secretFile === undefined
  if (isMade) requireFresh(out)
  const { expiresAt, ...shape } = shapeOf(options)
  const made = await consoleFrom(options).call<Made>('POST', '/api/nac/accounts', {
    user,
    kind: directory === true ? 'directory' : 'basic',
    ...(group === undefined ? {} : { group }),
    ...(secretFile === undefined ? {} : { secret: secretFromFile(secretFile).reveal() }),
    ...shape,
    ...(typeof expiresAt === 'string' ? { expiresAt } : {}),
  })
  tell(made, options, out)
}

async function runRotate(
  user: string,
  options: Flags & { readonly secretFile?: string; readonly out?: string; readonly overlapHours: string },
): Promise<void> {
  const { secretFile, out, overlapHours } = options
  if (secretFile === undefined) requireFresh(out)
  const client = consoleFrom(options)
  const made = await client.call<Made>('POST', `${await nacAccountPath(client, user)}/secret`, {
    overlapHours: Number(overlapHours),
    ...(secretFile === undefined ? {} : { secret: secretFromFile(secretFile).reveal() }),
  })
  tell(made, options, out)
  if (options.json !== true) print(`The secret from before stays good for ${overlapHours} hours.`)
}

async function change(user: string, options: Flags, body: Record<string, unknown>): Promise<void> {
  const client = consoleFrom(options)
  const account = await client.call<Account>('PUT', await nacAccountPath(client, user), body)
  if (options.json === true) return printJson(account)
  print(`${account.user} is ${account.disabled ? 'disabled' : 'enabled'}, with the right to ${account.right}.`)
}

/** Before the secret is made: it is shown once, and must not be lost or write over something. */
function requireFresh(out: string | undefined): void {
  if (out === undefined || existsSync(out))
    throw cliFailure('BAD_ARGUMENT', { details: { argument: '--out', expected: 'a file that is not there yet' } })
}

function tell({ secret, ...account }: Made, options: Flags, out: string | undefined): void {
  if (secret !== undefined && out !== undefined) writeFileAtomic(out, `${secret}\n`, { mode: 0o600 })
  if (options.json === true) return printJson(account)
  print(
    secret === undefined
      ? `${account.user} is known to nac.`
      : `${account.user} is known to nac. Its secret is in ${out}.`,
  )
}
