/**
 * `sallygate trace`: tests the relay, a connector or a service, and shows every hop; or shows a test of before.
 *
 * @module
 */
import { sleep, systemClock } from '@sallygate/base/clock'
import type { Command } from 'commander'
import type { TraceAnswer } from '../answers.ts'
import { consoleFrom, groupIdFrom, withConsole, withGroup, type GroupOptions } from '../console-access.ts'
import { printTrace } from '../hops.ts'
import { exits, printJson } from '../output.ts'
import { startProgress } from '../progress.ts'

type Client = ReturnType<typeof consoleFrom>
type Flags = GroupOptions & { readonly connector?: string }

export function addTrace(program: Command): void {
  const trace = program.command('trace').description('test connections hop by hop, from the console to what is behind')
  withConsole(trace.command('relay').description('every step to the relay, and once through it')).action(
    async (flags: Flags) => test(flags, () => Promise.resolve('/api/relay/test')),
  )
  withGroup(
    trace.command('connector').description('the relay, the session of a connector, and what it finds in itself'),
  )
    .argument('<connector>', 'id or name')
    .action(async (name: string, flags: Flags) =>
      test(flags, async (client) => `${await groupPath(client, flags)}/connectors/${encodeURIComponent(name)}/test`),
    )
  withGroup(trace.command('service').description('all the way to one answer of the system behind'))
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
    .action(async (id: string, flags: Flags) => show(await find(consoleFrom(flags), id), flags))
}

async function groupPath(client: Client, flags: Flags): Promise<string> {
  return `/api/groups/${await groupIdFrom(client, flags.group)}`
}

async function test(flags: Flags, pathOf: (client: Client) => Promise<string>, body: object = {}): Promise<void> {
  const client = consoleFrom(flags)
  const path = await pathOf(client)
  const { trace } = await client.call<{ readonly trace: string }>('POST', path, { ...body, wait: false })
  show(await finished(client, trace), flags)
}

/** A test takes as long as what is tested lets it: its hops are shown as they are walked. */
async function finished(client: Client, id: string): Promise<TraceAnswer> {
  const progress = startProgress()
  try {
    for (let waitMs = firstLookMs; ; waitMs = Math.min(waitMs * 1.5, seldomMs)) {
      const trace = await find(client, id)
      if (trace.state !== 'running') return trace
      const took = `${(trace.durationMs / 1000).toFixed(1)} s`
      progress.show(`${trace.hops.length} hops done, ${trace.walking ?? 'going on'} … ${took}`)
      await sleep(systemClock, waitMs)
    }
  } finally {
    progress.end()
  }
}

const firstLookMs = 50
const seldomMs = 500

const find = (client: Client, id: string) => client.call<TraceAnswer>('GET', `/api/traces/${encodeURIComponent(id)}`)

/** Scripts want to know without reading: 2 when a hop has failed. */
function show(trace: TraceAnswer, flags: Flags): void {
  if (trace.verdict === 'failed') process.exitCode = exits.findings
  if (flags.json === true) printJson(trace)
  else printTrace(trace)
}
