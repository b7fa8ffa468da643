/**
 * `sallygate trace`: tests the relay, a connector or a service, and shows every hop; or shows a test of before.
 *
 * @module
 */
import type { Command } from 'commander'
import type { TraceAnswer } from '../answers.ts'
import { consoleFrom, groupIdFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { printTrace } from '../hops.ts'
import { exits, printJson } from '../output.ts'

type Client = ReturnType<typeof consoleFrom>
type Flags = AccessOptions & { readonly json?: boolean; readonly group?: string; readonly connector?: string }

export function addTrace(program: Command): void {
  const trace = program.command('trace').description('test connections hop by hop, from the console to what is behind')
  withConsole(trace.command('relay').description('every step to the relay, and once through it')).action(
    async (flags: Flags) => test(flags, () => Promise.resolve('/api/relay/test')),
  )
  grouped(trace.command('connector').description('the relay, the session of a connector, and what it finds in itself'))
    .argument('<connector>', 'id or name')
    .action(async (name: string, flags: Flags) =>
      test(flags, async (client) => `${await groupPath(client, flags)}/connectors/${encodeURIComponent(name)}/test`),
    )
  grouped(trace.command('service').description('all the way to one answer of the system behind'))
    .argument('<service>', 'such as directory')
    .option('--connector <connector>', 'through this connector, by id or name')
    .action(async (name: string, flags: Flags) =>
      test(
        flags,
        async (client) => `${await groupPath(client, flags)}/services/${encodeURIComponent(name)}/test`,
        flags.connector === undefined ? undefined : { connector: flags.connector },
      ),
    )
  withConsole(trace.command('show').description('a test of before'))
    .argument('<trace>', 'its id')
    .action(async (id: string, flags: Flags) => show(consoleFrom(flags), id, flags))
}

function grouped(command: Command): Command {
  return withConsole(command).option('--group <group>', 'organization group, by name or id')
}

async function groupPath(client: Client, flags: Flags): Promise<string> {
  return `/api/groups/${await groupIdFrom(client, flags.group)}`
}

async function test(flags: Flags, pathOf: (client: Client) => Promise<string>, body?: unknown): Promise<void> {
  const client = consoleFrom(flags)
  const { trace } = await client.call<{ readonly trace: string }>('POST', await pathOf(client), body)
  await show(client, trace, flags)
}

/** Scripts want to know without reading: 2 when a hop has failed. */
async function show(client: Client, id: string, flags: Flags): Promise<void> {
  const trace = await client.call<TraceAnswer>('GET', `/api/traces/${encodeURIComponent(id)}`)
  if (trace.verdict === 'failed') process.exitCode = exits.findings
  if (flags.json === true) printJson(trace)
  else printTrace(trace)
}
