/**
 * Syslog targets of a group as the console answers them, and how a command finds the one it means.
 *
 * @module
 */
import type { Command } from 'commander'
import { consoleFrom, groupIdFrom, withConsole, type AccessOptions } from '../console-access.ts'
import { cliFailure } from '../failures.ts'

export interface TargetState {
  readonly state: string
  readonly sequence: number
  readonly unconfirmed: number
  readonly waiting: number
  readonly waitingBytes: number
  readonly delivered: number
  readonly dropped: number
  readonly cut: number
  readonly repeated: number
  readonly lastDeliveryAt?: string
  readonly failingSince?: string
  readonly nextAttemptAt?: string
  readonly connector?: string
  readonly confirmation?: string
  readonly failure?: { readonly code: string; readonly says: string; readonly fix: string }
}

export interface Target {
  readonly id: string
  readonly name: string
  readonly settings: {
    readonly target: {
      readonly host: string
      readonly port: number
      readonly transport: string
      readonly format: string
    }
  } & Readonly<Record<string, unknown>>
  readonly hasClientKey: boolean
  readonly status: TargetState
}

export type Flags = AccessOptions & { readonly json?: boolean; readonly group?: string }

export function inGroup(command: Command): Command {
  return withConsole(command).option('--group <group>', 'organization group, by name or id')
}

export function withTarget(command: Command): Command {
  return inGroup(command).argument('<target>', 'id or name')
}

export async function access(flags: Flags) {
  const client = consoleFrom(flags)
  return { client, group: await groupIdFrom(client, flags.group) }
}

export async function listed(flags: Flags): Promise<readonly Target[]> {
  const { client, group } = await access(flags)
  const path = `/api/groups/${group}/syslog/targets`
  return (await client.call<{ readonly targets: readonly Target[] }>('GET', path)).targets
}

/** @throws CLI_BAD_ARGUMENT where it names none or several. */
export async function find(flags: Flags, reference: string): Promise<Target> {
  const targets = await listed(flags)
  const [found, ...more] = targets.filter(({ id, name }) => id === reference || name === reference)
  if (found === undefined || more.length > 0)
    throw cliFailure('BAD_ARGUMENT', {
      details: { argument: 'target', expected: `one of ${targets.map(({ name }) => name).join(', ')}`.slice(0, 300) },
    })
  return found
}
