/**
 * `sallygate policy`: what is asked of devices, and what a change would do.
 *
 * A policy is written as JSON: it is kept beside other configuration, and compared before it is set.
 *
 * @module
 */
import { readFile } from '@sallygate/base/file'
import type { Command } from 'commander'
import { consoleFrom, groupIdFrom, withGroup, type GroupOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'
import { print, printJson, printTable } from '../output.ts'

interface Policy {
  readonly id: string
  readonly name: string
  readonly severity: string
  readonly countsForAccess: boolean
  readonly isEnabled: boolean
  readonly isInherited: boolean
  readonly holds: boolean
  readonly rules: readonly object[]
}

interface Preview {
  readonly looked: number
  readonly of: number
  readonly compliantNow: number
  readonly compliantThen: number
  readonly losingCount: number
  readonly gainingCount: number
  readonly losing: readonly { readonly name: string; readonly id: string; readonly failing: readonly string[] }[]
  readonly gaining: readonly { readonly name: string; readonly id: string; readonly failing: readonly string[] }[]
}

export function addPolicy(program: Command): void {
  const policy = program.command('policy').description('compliance policies: what is asked of devices')
  withGroup(policy.command('list').description('policies of a group and of those above it')).action(runList)
  withGroup(policy.command('show').description('one policy, as JSON that can be set again'))
    .argument('<policy>', 'id or name')
    .action(async (reference: string, flags: GroupOptions) => printJson(contentOf(await found(flags, reference))))
  withGroup(policy.command('set').description('make a policy, or change the one of its name, from a JSON file'))
    .argument('<file>', 'JSON, as show prints it')
    .action(runSet)
  withGroup(policy.command('preview').description('which devices a policy would make non-compliant, or compliant'))
    .argument('<file>', 'JSON, as show prints it')
    .action(runPreview)
  withGroup(policy.command('delete').description('remove a policy of a group'))
    .argument('<policy>', 'id or name')
    .action(async (reference: string, flags: GroupOptions) => {
      const answer = await consoleFrom(flags).call('DELETE', await pathOf(flags, reference))
      if (flags.json === true) return printJson(answer)
      print(`${reference} is removed.`)
    })
}

async function runList(flags: GroupOptions): Promise<void> {
  const policies = await listed(flags)
  if (flags.json === true) return printJson(policies)
  printTable(
    ['policy', 'rules', 'severity', 'keeps off', 'holds', 'from', 'id'],
    policies.map((one) => [
      one.name,
      one.rules.length,
      one.severity,
      one.countsForAccess ? 'yes' : 'no',
      one.isEnabled ? (one.holds ? 'yes' : 'no') : 'off',
      one.isInherited ? 'above' : 'here',
      one.id,
    ]),
  )
}

async function runSet(path: string, flags: GroupOptions): Promise<void> {
  const content = read(path)
  const known = (await listed(flags)).find(({ name, isInherited }) => name === content['name'] && !isInherited)
  const policies = await policiesOf(flags)
  const [method, at] =
    known === undefined ? (['POST', policies] as const) : (['PUT', `${policies}/${known.id}`] as const)
  const set = await consoleFrom(flags).call<Policy>(method, at, content)
  if (flags.json === true) return printJson(set)
  print(
    `${set.name} ${known === undefined ? 'is made' : 'is changed'}. Devices are evaluated anew, some thousands a minute.`,
  )
}

async function runPreview(path: string, flags: GroupOptions): Promise<void> {
  const policy = read(path)
  const known = (await listed(flags)).find(({ name, isInherited }) => name === policy['name'] && !isInherited)
  const body = { policy, ...(known === undefined ? {} : { replaces: known.id }) }
  const preview = await consoleFrom(flags).call<Preview>('POST', `${await policiesOf(flags)}/preview`, body)
  if (flags.json === true) return printJson(preview)
  print(`Of ${preview.looked} devices ${preview.compliantNow} are compliant, and ${preview.compliantThen} would be.`)
  if (preview.looked < preview.of) print(`Not all were looked at: there are ${preview.of}.`)
  const rows = [
    ...preview.losing.map((one) => ['would lose it', one.name, one.failing.join('; '), one.id]),
    ...preview.gaining.map((one) => ['would gain it', one.name, one.failing.join('; '), one.id]),
  ]
  if (rows.length > 0) printTable(['', 'device', 'because of', 'id'], rows)
  const more = preview.losingCount - preview.losing.length + preview.gainingCount - preview.gaining.length
  if (more > 0) print(`and ${more} more.`)
}

async function policiesOf(flags: GroupOptions): Promise<string> {
  return `/api/groups/${await groupIdFrom(consoleFrom(flags), flags.group)}/policies`
}

async function pathOf(flags: GroupOptions, reference: string): Promise<string> {
  return `${await policiesOf(flags)}/${encodeURIComponent(reference)}`
}

async function listed(flags: GroupOptions): Promise<readonly Policy[]> {
  const path = await policiesOf(flags)
  return (await consoleFrom(flags).call<{ policies: readonly Policy[] }>('GET', path)).policies
}

async function found(flags: GroupOptions, reference: string): Promise<Policy> {
  return consoleFrom(flags).call<Policy>('GET', await pathOf(flags, reference))
}

/** Without what the console adds. */
function contentOf(policy: Policy): object {
  const added = new Set(['id', 'group', 'changedAt', 'isInherited', 'holds'])
  return Object.fromEntries(Object.entries(policy).filter(([member]) => !added.has(member)))
}

function read(path: string): Readonly<Record<string, unknown>> {
  let value: unknown
  try {
    value = JSON.parse(readFile(path).toString('utf8'))
  } catch (cause) {
    if (cause instanceof SyntaxError)
      throw cliFailure('BAD_ARGUMENT', { cause, details: { expected: 'a JSON file', file: path } })
    throw cause
  }
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    throw cliFailure('BAD_ARGUMENT', { details: { expected: 'a JSON object', file: path } })
  return value as Readonly<Record<string, unknown>>
}
