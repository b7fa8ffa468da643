/**
 * `sallygate admin`: who may sign in to the console, and what they may do.
 *
 * @module
 */
import { Option, type Command } from 'commander'
import { adminPath } from '../addressable.ts'
import { consoleFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { print, printJson, printTable } from '../output.ts'
import { askSecret, secretFromFile } from '../secret-input.ts'
import { addAdminSessions } from './admin-sessions.ts'

type Flags = AccessOptions & { readonly json?: boolean }

interface Admin {
  readonly id: string
  readonly name: string
  readonly kind: string
  readonly group?: string
  readonly isDisabled: boolean
  readonly expiresAt?: string
  readonly hasTotp: boolean
  readonly roles: readonly { readonly role: string; readonly group?: string }[]
}

interface AddFlags extends Flags {
  readonly role: string
  readonly group?: string
  readonly expires?: string
  readonly directory?: boolean
  readonly passwordFile?: string
}

interface ResetFlags extends Flags {
  readonly passwordFile?: string
  readonly password?: boolean
  readonly clearTotp?: boolean
  readonly clearPin?: boolean
}

export function addAdmin(program: Command): void {
  const admin = program.command('admin').description('who may sign in to the console')
  withConsole(admin.command('list').description('every administrator you see')).action(runList)
  withConsole(admin.command('add').description('make an administrator; the password is asked for'))
    .argument('<name>', 'a name, or DOMAIN\\user with --directory')
    .requiredOption('--role <role>', 'by id or name: sallygate role list')
    .option('--group <group>', 'where the role counts, with all below; without it, everywhere')
    .option('--expires <when>', 'when the account ends, as 2027-01-31 or with a time')
    .option('--directory', 'the password is checked by the directory, through a connector')
    .option('--password-file <file>', 'read the password from a file (mode 0600) instead of asking')
    .action(runAdd)
  for (const [word, isDisabled] of [
    ['disable', true],
    ['enable', false],
  ] as const) {
    withConsole(admin.command(word).description(isDisabled ? 'shut an account out at once' : 'let it in again'))
      .argument('<name>', 'id or name')
      .action(async (name: string, options: Flags) => shown(await change(name, { isDisabled }, options), options))
  }
  withConsole(admin.command('expire').description('set when an account ends'))
    .argument('<name>', 'id or name')
    .argument('<when>', 'as 2027-01-31, with a time, or never')
    .action(async (name: string, when: string, options: Flags) =>
      shown(await change(name, { expiresAt: when === 'never' ? null : instant(when) }, options), options),
    )
  withConsole(
    admin.command('reset').description('sign an account out everywhere, with a new password unless told not to'),
  )
    .argument('<name>', 'id or name')
    .option('--no-password', 'keep the password')
    .option('--password-file <file>', 'read the new password from a file (mode 0600) instead of asking')
    .option('--clear-totp', 'take the second factor away')
    .option('--clear-pin', 'take the security PIN away')
    .action(runReset)
  addRoleCommands(admin)
  addAdminSessions(admin)
  withConsole(admin.command('remove').description('remove an account for good'))
    .argument('<name>', 'id or name')
    .addOption(new Option('--note <text>', 'why; kept in the audit').makeOptionMandatory())
    .action(async (name: string, options: Flags & { readonly note: string }) => {
      const client = consoleFrom(options)
      await client.call('POST', `${await adminPath(client, name)}/remove`, { note: options.note })
      if (options.json === true) return printJson({})
      print(`${name} is removed and signed out everywhere.`)
    })
}

function addRoleCommands(admin: Command): void {
  for (const word of ['grant', 'withdraw'] as const) {
    withConsole(admin.command(word).description(word === 'grant' ? 'give a role' : 'take a role away again'))
      .argument('<name>', 'id or name')
      .argument('<role>', 'id or name')
      .option('--group <group>', 'where the role counts, with all below; without it, everywhere')
      .action(async (name: string, role: string, options: Flags & { readonly group?: string }) => {
        const { group } = options
        const where = group === undefined ? '' : `?group=${encodeURIComponent(group)}`
        const client = consoleFrom(options)
        const answer =
          word === 'grant'
            ? await client.call<Admin>('POST', `${await adminPath(client, name)}/roles`, {
                role,
                ...(group === undefined ? {} : { group }),
              })
            : await client.call<Admin>(
                'DELETE',
                `${await adminPath(client, name)}/roles/${encodeURIComponent(role)}${where}`,
              )
        shown(answer, options)
      })
  }
}

async function runList(options: Flags): Promise<void> {
  const { admins } = await consoleFrom(options).call<{ readonly admins: readonly Admin[] }>('GET', '/api/admins')
  if (options.json === true) return printJson(admins)
  printAdmins(admins)
}

async function runAdd(name: string, options: AddFlags): Promise<void> {
  const { role, group, expires } = options
  const isLocal = options.directory !== true
  const password = isLocal ? await passwordFrom(options) : undefined
  const made = await consoleFrom(options).call<Admin>('POST', '/api/admins', {
    name,
    role,
    kind: isLocal ? 'local' : 'directory',
    ...(password === undefined ? {} : { password: password.reveal() }),
    ...(group === undefined ? {} : { group }),
    ...(expires === undefined ? {} : { expiresAt: instant(expires) }),
  })
  if (options.json === true) return printJson(made)
  print(`${made.name} may sign in.`)
}

async function runReset(name: string, options: ResetFlags): Promise<void> {
  const password = options.password === false ? undefined : await passwordFrom(options)
  const body = {
    ...(password === undefined ? {} : { password: password.reveal() }),
    clearTotp: options.clearTotp === true,
    clearPin: options.clearPin === true,
  }
  const client = consoleFrom(options)
  shown(await client.call<Admin>('POST', `${await adminPath(client, name)}/reset`, body), options)
}

async function change(name: string, body: unknown, options: Flags): Promise<Admin> {
  const client = consoleFrom(options)
  return client.call<Admin>('PUT', await adminPath(client, name), body)
}

function passwordFrom({ passwordFile }: { readonly passwordFile?: string }) {
  return passwordFile === undefined ? askSecret('Password of at least 12 characters') : secretFromFile(passwordFile)
}

/** A date alone means its end, so that the last day still counts. What is no date the console refuses by name. */
function instant(when: string): string {
  const date = new Date(/^\d{4}-\d\d-\d\d$/.test(when) ? `${when}T23:59:59Z` : when)
  return Number.isNaN(date.getTime()) ? when : date.toISOString()
}

function shown(admin: Admin, options: Flags): void {
  if (options.json === true) return printJson(admin)
  printAdmins([admin])
}

function printAdmins(admins: readonly Admin[]): void {
  printTable(
    ['administrator', 'kind', 'state', 'until', 'second factor', 'roles', 'id'],
    admins.map((one) => [
      one.name,
      one.kind,
      one.isDisabled ? 'disabled' : 'enabled',
      one.expiresAt?.slice(0, 10),
      one.hasTotp ? 'on' : 'off',
      one.roles.map(({ role, group }) => (group === undefined ? role : `${role} in ${group}`)).join(', '),
      one.id,
    ]),
  )
}
