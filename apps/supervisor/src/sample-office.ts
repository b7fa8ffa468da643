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
  readonly mailUser: string
  readonly mailPassword: string
}

export function factsOf(status: PartStatus): SampleOfficeFacts {
  return status.facts as unknown as SampleOfficeFacts
}

const services = { directory: 'sample-office', mail: 'sample-mail', syslog: 'sample-syslog' } as const

type Served = keyof typeof services

const targetOf = (ports: Ports, service: Served) => `${loopback}:${ports[services[service]]}`

/** The literal entries of the connector's policy that let it reach this machine itself: one server for each service. */
export function officeTargets(ports: Ports): readonly string[] {
  return (Object.keys(services) as Served[]).map((service) => `${service}=${targetOf(ports, service)}`)
}

/**
 * Other ports than last time: the policy has to name the new ones. Nothing but those literal entries is touched.
 */
export function retargetPolicy(home: Home, before: Ports | undefined, now: Ports): void {
  const file = home.of('connector', 'policy.toml')
  if (before === undefined || !existsSync(file)) return
  const policy = readFileSync(file, 'utf8')
  // By way of a mark, since the new port of one may be the old one of another.
  const mark = (service: Served) => `"sample office ${service}"`
  const marked = (Object.keys(services) as Served[]).reduce(
    (text, service) => text.replaceAll(`"${targetOf(before, service)}"`, mark(service)),
    policy,
  )
  const changed = (Object.keys(services) as Served[]).reduce(
    (text, service) => text.replaceAll(mark(service), `"${targetOf(now, service)}"`),
    marked,
  )
  if (changed !== policy) writeFileAtomic(file, changed)
}

/** What the console shows of the settings of a service; only what is read here. */
interface ServiceView {
  readonly settings?: { readonly servers?: readonly { readonly host: string; readonly port: number }[] } | null
}

interface Moved {
  readonly before: Ports | undefined
  readonly now: Ports
}

/** Whether the service is not set up, or points at the sample office where it no longer is. */
async function isOurs(console_: ConsoleClient, path: string, service: Served, ports: Moved): Promise<boolean> {
  const server = (await console_.call<ServiceView>('GET', path)).settings?.servers?.[0]
  if (server === undefined) return true
  const target = `${server.host}:${server.port}`
  const { before, now } = ports
  return before !== undefined && target === targetOf(before, service) && target !== targetOf(now, service)
}

/** Turns the directory service on for the group, unless it points at a directory of somebody's own. */
export async function offerDirectory(
  console_: ConsoleClient,
  group: Group,
  facts: SampleOfficeFacts,
  ports: Moved,
  rootPem: string,
): Promise<void> {
  const path = `/api/groups/${group.id}/services/directory`
  if (!(await isOurs(console_, path, 'directory', ports))) return
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

/** Turns the mail service on for the group, with somebody to read what the console writes, unless it is set up already. */
export async function offerMail(
  console_: ConsoleClient,
  group: Group,
  facts: SampleOfficeFacts,
  ports: Moved,
  rootPem: string,
): Promise<void> {
  const path = `/api/groups/${group.id}/services/mail`
  if (!(await isOurs(console_, path, 'mail', ports))) return
  await console_.call('PUT', path, {
    settings: {
      servers: [{ host: loopback, port: ports.now['sample-mail'] }],
      encryption: 'required',
      trust: rootPem,
      authentication: 'plain',
      user: facts.mailUser,
      password: facts.mailPassword,
      from: 'sallygate@sample-office.example.com',
      fromName: 'Sallygate (sample office)',
    },
  })
  if (ports.before !== undefined) return
  const readers = ['it@sample-office.example.com']
  const values = { accounts: readers, certificates: readers, directory: readers }
  await console_.call('PUT', `/api/groups/${group.id}/settings/notifications`, { mode: 'override', values })
}

const targetName = 'Sample office (simulated)'

interface SyslogTargets {
  readonly targets: readonly {
    readonly id: string
    readonly name: string
    readonly settings: { readonly target: { readonly port: number } }
  }[]
}

/** Turns syslog on for the group, and sends what happens to the simulated collector, unless that target was removed. */
export async function offerSyslog(
  console_: ConsoleClient,
  group: Group,
  { before, now }: Moved,
  rootPem: string,
): Promise<void> {
  const service = `/api/groups/${group.id}/services/syslog`
  const path = `/api/groups/${group.id}/syslog/targets`
  const isOff = (await console_.call<ServiceView>('GET', service)).settings === null
  const { targets } = await console_.call<SyslogTargets>('GET', path)
  const own = targets.find(({ name }) => name === targetName)
  const port = now['sample-syslog']
  const target = { host: loopback, port, transport: 'tls', trust: rootPem }
  const body = { name: targetName, settings: { target, filter: { severity: 'info' }, withInstallation: true } }
  if (before === undefined && isOff) await console_.call('PUT', service, { settings: {} })
  if (before === undefined && own === undefined) await console_.call('POST', path, body)
  else if (own !== undefined && own.settings.target.port !== port) await console_.call('PUT', `${path}/${own.id}`, body)
}
