/**
 * The sample office: a simulated directory, so that a newcomer sees a real look-up cross the gate.
 *
 * What it serves is made up; how it is asked is not. It can be left out, and
 * nothing else knows about it.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { writeFileAtomic } from '@sallygate/base/file'
import type { PartStatus } from '@sallygate/base/process'
import type { ConsoleClient } from './console-client.ts'
import type { Home } from './home.ts'
import type { Group } from './provision.ts'
import { loopback, type Ports } from './settings-files.ts'

/** What the sample office says in its status file. */
export interface SampleOfficeFacts {
  readonly baseDn: string
  readonly bindDn: string
  readonly bindPassword: string
  readonly people: number
  readonly groups: number
}

export function factsOf(status: PartStatus): SampleOfficeFacts {
  return status.facts as unknown as SampleOfficeFacts
}

/** The one literal entry of the connector's policy that lets it reach this machine itself. */
export function officeTarget(ports: Ports): string {
  return `${loopback}:${ports['sample-office']}`
}

/**
 * Other ports than last time: the policy has to name the new one. Nothing but that one literal entry is touched.
 */
export function retargetPolicy(home: Home, before: Ports | undefined, now: Ports): void {
  const file = home.of('connector', 'policy.toml')
  if (before === undefined || officeTarget(before) === officeTarget(now) || !existsSync(file)) return
  const policy = readFileSync(file, 'utf8')
  const changed = policy.replaceAll(`"${officeTarget(before)}"`, `"${officeTarget(now)}"`)
  if (changed !== policy) writeFileAtomic(file, changed)
}

/** What the console shows of the directory settings; only what is read here. */
interface DirectoryView {
  readonly settings?: { readonly servers?: readonly { readonly host: string; readonly port: number }[] } | null
}

/** Turns the directory service on for the group, unless it points at a directory of somebody's own. */
export async function offerDirectory(
  console_: ConsoleClient,
  group: Group,
  facts: SampleOfficeFacts,
  ports: { readonly before: Ports | undefined; readonly now: Ports },
  rootPem: string,
): Promise<void> {
  const path = `/api/groups/${group.id}/services/directory`
  const server = (await console_.call<DirectoryView>('GET', path)).settings?.servers?.[0]
  const target = server === undefined ? undefined : `${server.host}:${server.port}`
  const isStale =
    ports.before !== undefined && target === officeTarget(ports.before) && target !== officeTarget(ports.now)
  if (target !== undefined && !isStale) return
  await console_.call('PUT', path, {
    settings: {
      type: 'generic',
      servers: [{ host: loopback, port: ports.now['sample-office'] }],
      encryption: 'ldaps',
      trust: rootPem,
      bindDn: facts.bindDn,
      bindPassword: facts.bindPassword,
      baseDn: facts.baseDn,
    },
  })
}
