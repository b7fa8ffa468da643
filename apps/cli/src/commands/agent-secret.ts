/**
 * `sallygate agent-secret`: secrets with which FusionInventory, GLPI and OCS agents bring inventories of a group.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { writeFileAtomic } from '@sallygate/base/file'
import type { Command } from 'commander'
import { consoleFrom, groupIdFrom, withGroup, type GroupOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { print, printJson, printTable } from '../output.ts'

interface AgentSecret {
  readonly id: string
  readonly name: string
  readonly createdAt: string
  readonly expiresAt?: string
  readonly revokedAt?: string
  readonly lastUsedAt?: string
  readonly lastAgent?: string
}

export function addAgentSecret(program: Command): void {
  const secret = program
    .command('agent-secret')
    .description('secrets with which FusionInventory, GLPI and OCS agents bring inventories of a group')
  withGroup(secret.command('list').description('every secret of the group, and what used it last')).action(runList)
  withGroup(secret.command('create').description('make one and write it to a file (mode 0600)'))
    .argument('<name>', 'what it is for')
    .requiredOption('--out <file>', 'where to write it; it is shown nowhere')
    .option('--days <n>', 'for how many days; without it, until it is revoked')
    .action(runCreate)
  withGroup(secret.command('revoke').description('end one for good; devices that were reported with it stay'))
    .argument('<id>')
    .action(async (id: string, flags: GroupOptions) => {
      const { client, group } = await access(flags)
      await client.call('POST', `/api/groups/${group}/agent-secrets/${encodeURIComponent(id)}/revoke`)
      if (flags.json === true) return printJson({ revoked: id })
      print('It is refused from now on.')
    })
}

async function access(flags: GroupOptions) {
  const client = consoleFrom(flags)
  return { client, group: await groupIdFrom(client, flags.group) }
}

async function runList(flags: GroupOptions): Promise<void> {
  const { client, group } = await access(flags)
  const { agentSecrets } = await client.call<{ readonly agentSecrets: readonly AgentSecret[] }>(
    'GET',
    `/api/groups/${group}/agent-secrets`,
  )
  if (flags.json === true) return printJson(agentSecrets)
  printTable(
    ['secret', 'used', 'by', 'until', 'revoked', 'id'],
    agentSecrets.map((one) => [
      one.name,
      one.lastUsedAt?.slice(0, 16),
      one.lastAgent,
      one.expiresAt?.slice(0, 10),
      one.revokedAt?.slice(0, 10),
      one.id,
    ]),
  )
}

async function runCreate(
  name: string,
  flags: GroupOptions & { readonly out: string; readonly days?: string },
): Promise<void> {
  // Before it is made: it is shown once, and must not be lost or write over something.
  if (existsSync(flags.out))
    throw cliFailure('BAD_ARGUMENT', { details: { argument: '--out', expected: 'a file that is not there yet' } })
  const { client, group } = await access(flags)
  const { secret, path, ...made } = await client.call<AgentSecret & { readonly secret: string; readonly path: string }>(
    'POST',
    `/api/groups/${group}/agent-secrets`,
    { name, ...(flags.days === undefined ? {} : { days: Number(flags.days) }) },
  )
  writeFileAtomic(flags.out, `${secret}\n`, { mode: 0o600 })
  if (flags.json === true) return printJson({ ...made, path, file: flags.out })
  print(
    `The secret is in ${flags.out}. In the agent’s configuration: server = <address of the console>${path}, user = inventory, password = the secret.`,
  )
}
