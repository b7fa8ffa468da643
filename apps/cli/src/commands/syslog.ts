/**
 * `sallygate syslog`: the collectors that are sent what happens in a group.
 *
 * @module
 */
import type { Command } from 'commander'
import type { CheckRow } from '../answers.ts'
import { printCheckRows, setExitCodeFor } from '../check-rows.ts'
import { print, printJson } from '../output.ts'
import { keyFrom, settings, settingsFrom, type SettingFlags } from './syslog-settings.ts'
import { runList, runShow, runStatus } from './syslog-shown.ts'
import { access, find, inGroup, withTarget, type Flags, type Target } from './syslog-target.ts'

export function addSyslog(program: Command): void {
  const syslog = program.command('syslog').description('collectors that are sent what happens in a group and below it')
  inGroup(syslog.command('list').description('targets, and how each stands')).action(runList)
  inGroup(
    syslog.command('status').description('whether the service is on, and what waits, was dropped or fails'),
  ).action(runStatus)
  withTarget(syslog.command('show').description('one target: its settings and how it stands')).action(runShow)
  settings(inGroup(syslog.command('add').description('add a target; it is sent what happens from now on')))
    .argument('<name>')
    .action(runAdd)
  settings(withTarget(syslog.command('set').description('change a target; what is not named stays')))
    .option('--name <name>', 'another name')
    .option('--off', 'send it nothing, and keep nothing for it')
    .option('--on', 'send it what happens from now on')
    .action(runSet)
  withTarget(syslog.command('remove').description('remove a target, with what waits for it')).action(runRemove)
  withTarget(
    syslog.command('test').description('each step to a target, and a test message; exit code 2 when one fails'),
  ).action(runTest)
  settings(inGroup(syslog.command('preview').description('the line a target would be sent; nothing is sent')))
    .option('--target <target>', 'with the settings of this target, id or name')
    .option('--event <number>', 'of this event; without it of an example')
    .action(runPreview)
}

async function runAdd(name: string, flags: Flags & SettingFlags): Promise<void> {
  const { client, group } = await access(flags)
  const body = { name, settings: settingsFrom(flags, {}), ...keyFrom(flags) }
  const added = await client.call<Target>('POST', `/api/groups/${group}/syslog/targets`, body)
  if (flags.json === true) return printJson(added)
  print(`${added.name} is sent what happens from now on. See whether it arrives: sallygate syslog test ${added.id}`)
}

async function runSet(
  reference: string,
  flags: Flags & SettingFlags & { readonly name?: string; readonly off?: boolean; readonly on?: boolean },
): Promise<void> {
  const { client, group } = await access(flags)
  const before = await find(flags, reference)
  const isOn = flags.off === true ? { isOn: false } : flags.on === true ? { isOn: true } : {}
  const body = {
    name: flags.name ?? before.name,
    settings: { ...settingsFrom(flags, before.settings), ...isOn },
    ...keyFrom(flags),
  }
  const path = `/api/groups/${group}/syslog/targets/${before.id}`
  const changed = await client.call<Target & { readonly erased: readonly string[] }>('PUT', path, body)
  if (flags.json === true) return printJson(changed)
  print(`${changed.name} was changed.`)
  if (changed.erased.length > 0)
    print('Its client key was erased, because where it is or whom it believes has changed.')
}

async function runRemove(reference: string, flags: Flags): Promise<void> {
  const { client, group } = await access(flags)
  const { id, name } = await find(flags, reference)
  await client.call('DELETE', `/api/groups/${group}/syslog/targets/${id}`)
  if (flags.json === true) return printJson({ removed: id })
  print(`${name} is sent nothing any more.`)
}

async function runTest(reference: string, flags: Flags): Promise<void> {
  const { client, group } = await access(flags)
  const { id } = await find(flags, reference)
  const answer = await client.call<{ readonly rows: readonly CheckRow[] }>(
    'POST',
    `/api/groups/${group}/syslog/targets/${id}/test`,
  )
  setExitCodeFor(answer.rows)
  if (flags.json === true) return printJson(answer)
  printCheckRows(answer.rows)
}

async function runPreview(
  flags: Flags & SettingFlags & { readonly target?: string; readonly event?: string },
): Promise<void> {
  const { client, group } = await access(flags)
  const from =
    flags.target === undefined ? { target: { host: 'collector' } } : (await find(flags, flags.target)).settings
  const { target } = settingsFrom(flags, from)
  const event = flags.event === undefined ? {} : { event: Number(flags.event) }
  const path = `/api/groups/${group}/syslog/preview`
  const preview = await client.call<{ readonly line: string; readonly bytes: number }>('POST', path, {
    target,
    ...event,
  })
  if (flags.json === true) return printJson(preview)
  print(preview.line)
}
