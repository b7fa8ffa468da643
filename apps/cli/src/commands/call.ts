/**
 * `sallygate call`: any operation of any service, with parameters as JSON.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import type { Command } from 'commander'
import type { CallAnswer } from '../answers.ts'
import { consoleFrom, groupIdFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { paint, printJson, say } from '../output.ts'
import { printSpans } from '../spans.ts'

interface CallFlags extends AccessOptions {
  readonly group?: string
  readonly parameters?: string
  readonly parametersFile?: string
  readonly deadline?: string
  readonly connector?: string
  readonly component?: string
  readonly trace?: boolean
  readonly json?: boolean
}

export function addCall(program: Command): void {
  withConsole(program.command('call').description('call an operation, such as directory.search, through the gate'))
    .argument('<operation>', 'service.operation')
    .option('--group <group>', 'organization group, by name or id')
    .option('--parameters <json>', 'parameters as JSON; nothing secret, others can read arguments')
    .option('--parameters-file <file>', 'the same from a file, or - for standard input')
    .option('--deadline <ms>', 'give up after this many milliseconds')
    .option('--connector <connector>', 'this instance and no other')
    .option('--component <component>', 'on whose behalf: deviceServices, deviceManagement, selfService, other')
    .option('--trace', 'show how long every step took')
    .addHelpText('after', `\nExample: sallygate call directory.search --parameters '{"kind":"groups","limit":5}'`)
    .action(runCall)
}

async function runCall(operation: string, flags: CallFlags): Promise<void> {
  const client = consoleFrom(flags)
  const group = await groupIdFrom(client, flags.group)
  const answer = await client.call<CallAnswer>('POST', `/api/groups/${group}/call`, {
    operation,
    parameters: parametersFrom(flags),
    ...(flags.deadline === undefined ? {} : { deadlineMs: Number(flags.deadline) }),
    ...(flags.connector === undefined ? {} : { connector: flags.connector }),
    ...(flags.component === undefined ? {} : { component: flags.component }),
  })
  printJson(flags.json === true ? answer : answer.result)
  if (flags.json === true) return
  say(paint('dim', `through ${answer.connector.name} in ${answer.durationMs.toFixed(0)} ms`))
  if (flags.trace === true) printSpans(answer.spans)
}

function parametersFrom(flags: CallFlags): unknown {
  const text =
    flags.parametersFile === undefined
      ? (flags.parameters ?? '{}')
      : readFileSync(flags.parametersFile === '-' ? 0 : flags.parametersFile, 'utf8')
  try {
    return JSON.parse(text) as unknown
  } catch (cause) {
    throw cliFailure('BAD_ARGUMENT', { cause, details: { argument: 'parameters', expected: 'JSON' } })
  }
}
