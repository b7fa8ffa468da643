/**
 * `sallygate connector drain|maintain|activate|weight`: whether a connector gets work, and how large a share.
 *
 * @module
 */
import type { Command } from 'commander'
import type { ListedConnector } from '../answers.ts'
import { consoleFrom, groupIdFrom, withGroup, type GroupOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { print, printJson } from '../output.ts'

const pauses = [
  ['drain', 'draining', 'no new work for it; what it has is finished', 'gets no new work. It goes on with: activate'],
  [
    'maintain',
    'maintenance',
    'no work for it while you are at it; checks reach it',
    'is in maintenance until: activate',
  ],
  ['activate', 'active', 'let it work again', 'gets work.'],
] as const

export function addDuties(connector: Command): void {
  for (const [verb, state, says, then] of pauses) {
    duty(connector, verb, says).action(async (name: string, flags: GroupOptions) => put(name, flags, { state }, then))
  }
  duty(connector, 'weight', 'its share of the work, against its siblings')
    .argument('<weight>', '1 to 100')
    .action(async (name: string, text: string, flags: GroupOptions) => {
      const weight = Number(text)
      if (!Number.isInteger(weight) || weight < 1 || weight > 100)
        throw cliFailure('BAD_ARGUMENT', { details: { argument: 'weight', expected: 'a whole number from 1 to 100' } })
      await put(name, flags, { weight }, `has the weight ${weight}.`)
    })
}

function duty(connector: Command, verb: string, says: string): Command {
  return withGroup(connector.command(verb).description(says)).argument('<connector>', 'id or name')
}

async function put(
  name: string,
  flags: GroupOptions,
  body: Readonly<Record<string, unknown>>,
  then: string,
): Promise<void> {
  const client = consoleFrom(flags)
  const group = await groupIdFrom(client, flags.group)
  const path = `/api/groups/${group}/connectors/${encodeURIComponent(name)}`
  const answer = await client.call<ListedConnector>('PUT', path, body)
  if (flags.json === true) return printJson(answer)
  print(`${answer.name} ${then}`)
}
