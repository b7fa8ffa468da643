/**
 * `sallygate connector check`: every step from the files on this host to one answer of each service.
 *
 * It runs in its own process, beside the running connector, which it neither needs nor
 * disturbs: it attaches nothing, listens nowhere and changes no file. Checks inform;
 * nothing is held back because of one.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { systemClock, type Clock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { diagnose, inspectionAuthorities, parseRelayUrl, type ProxyEnvironment, type WayOut } from '@sallygate/dial'
import {
  CheckList,
  ServiceLife,
  startTrace,
  type AnyService,
  type CheckRow,
  type Contract,
} from '@sallygate/service-kit'
import { checkFiles, clockFinding } from './check-self.ts'
import { homeAt, type Home } from './home.ts'
import { readHostSettings } from './host-settings.ts'
import { readIdentity, type Identity } from './identity.ts'
import type { Limits } from './policy.ts'
import { readPolicyFile } from './policy-file.ts'
import { OwnSettings as ToldSettings } from './own-settings.ts'
import { relayAuthorities } from './relay-authorities.ts'
import { sealerOf } from './sealed-file.ts'
import { services as ownServices } from './services.ts'
import { settingsVault } from './settings-vault.ts'
import { readConnectorStatus } from './status.ts'
import { systemLocate } from './locate.ts'
import { systemResolve, targetFinder, type Resolve } from './target.ts'
import { connectorWayOut } from './way-out.ts'

export interface CheckOptions {
  /** Only this service. */
  readonly service?: string
  readonly clock?: Clock
  readonly services?: readonly AnyService[]
  readonly resolve?: Resolve
  /** Counts only where the settings say so. */
  readonly environment?: ProxyEnvironment
}

/** All of one service's check has to fit in here. */
const serviceWithinMs = 30_000

export async function checkConnector(homeFolder: string, options: CheckOptions = {}): Promise<readonly CheckRow[]> {
  const { clock = systemClock, services = ownServices } = options
  const home = homeAt(homeFolder)
  const rows = options.service === undefined ? await checkHost(home, services, options, clock) : []
  const identity = identityOrNone(home)
  if (identity === undefined) return rows.length > 0 ? rows : await checkHost(home, services, options, clock)
  const named = services.filter(
    ({ contract }) => options.service === undefined || (contract as Contract).name === options.service,
  )
  const own = await Promise.all(named.map((service) => checkService(home, identity, service, options, clock)))
  return [...rows, ...own.flat()]
}

/** Files, the running connector, and the way to the relay. */
async function checkHost(
  home: Home,
  services: readonly AnyService[],
  { environment }: CheckOptions,
  clock: Clock,
): Promise<readonly CheckRow[]> {
  const list = new CheckList(clock)
  const settings = readHostSettings(home.root)
  const contracts = services.map(({ contract }) => contract as Contract)
  const identity = await checkFiles(list, home, contracts, clock)
  if (identity === undefined) return list.rows
  await list.row('running connector', async () => {
    if (!existsSync(home.status))
      return { result: 'warning', says: 'It has never run here.', fix: 'Start it: sallygate connector run' }
    const { state, pid, facts } = readConnectorStatus(home.root)
    const isRunning = isAlive(pid)
    const way = facts.relay.way === 'longPoll' ? ' By long-poll: no WebSocket gets through to the relay.' : ''
    if (isRunning && facts.isLive) return `Live, process ${pid}.${way}`
    const says = isRunning ? (facts.failure?.says ?? `It is ${state}.`) : 'It is not running.'
    return {
      result: 'warning',
      says,
      fix: isRunning ? (facts.failure?.fix ?? 'Wait a moment.') : 'Start it: sallygate connector run',
    }
  })
  await list.row('clock', async () => {
    if (!existsSync(home.status)) return 'Compared with the console as soon as it is reached.'
    return clockFinding(readConnectorStatus(home.root).facts.clock)
  })
  const relay = settings.relayUrl ?? toldRelayUrl(home, identity) ?? identity.enrollment.relayUrl
  const expectedRelay = identity.enrollment.relay
  let wayOut: WayOut | undefined
  const isKnown = await list.row('proxy settings', async () => {
    wayOut = connectorWayOut(settings, { clock, environment })
    return wayOut === undefined ? 'No proxy: the relay is dialled directly.' : 'A proxy is configured.'
  })
  if (!isKnown) return list.rows
  const ca = [...relayAuthorities(identity, settings.relayCaFile), ...inspectionAuthorities(settings)]
  const way = await diagnose(relay, { tls: { ca }, expectedRelay, clock, ...(wayOut === undefined ? {} : { wayOut }) })
  return [...list.rows, ...way]
}

async function checkService(
  home: Home,
  identity: Identity,
  service: AnyService,
  options: CheckOptions,
  clock: Clock,
): Promise<readonly CheckRow[]> {
  const contract = service.contract as Contract
  const list = new CheckList(clock)
  let stored: Record<string, unknown> | null | undefined
  const isReadable = await list.row(`${contract.title} settings`, async () => {
    stored = settingsVault(home, sealerOf(identity.privateKey)).read(contract.name)?.settings
    return stored === undefined || stored === null ? 'This service is not enabled.' : 'Stored on this host, sealed.'
  })
  if (!isReadable || stored === undefined || stored === null) return list.rows
  const policy = readPolicyFile(home.policy, [contract])
  const allowed = () => {
    if ('failure' in policy) throw policy.failure
    return policy.policy
  }
  const settings = readHostSettings(home.root)
  const own = parseRelayUrl(settings.relayUrl ?? toldRelayUrl(home, identity) ?? identity.enrollment.relayUrl)
  const isBehindProxy = connectorWayOut(settings, { clock, environment: options.environment }) !== undefined
  const relay = { host: own.host, port: own.port, isBehindProxy }
  const find = targetFinder({ policy: allowed, resolve: options.resolve ?? systemResolve, relay })
  const target = (host: string, port: number) => find(contract.name, host, port)
  const life = new ServiceLife(service, { clock, log: silentLog, target, locate: systemLocate })
  const until = clock.monotonicMs() + serviceWithinMs
  try {
    await life.configure(stored)
    const rows = await life.check({
      remainingMs: () => Math.max(0, until - clock.monotonicMs()),
      signal: AbortSignal.timeout(serviceWithinMs),
      actingGroup: identity.enrollment.group,
      component: 'other',
      requestId: '00'.repeat(16),
      limits: limitsFor(policy, contract.name, identity.enrollment.group),
      trace: startTrace(clock),
    })
    return [...list.rows, ...rows]
  } finally {
    await life.stop()
  }
}

/** What the connector's own group sees; a service that policy does not allow fails at its first target. */
function limitsFor(read: ReturnType<typeof readPolicyFile>, service: string, group: string): Limits {
  const groups = 'policy' in read ? read.policy.services.get(service)?.groups : undefined
  return groups?.get(group) ?? groups?.get('*') ?? {}
}

function identityOrNone(home: Home): Identity | undefined {
  try {
    return readIdentity(home)
  } catch {
    // The row about the identity has said why.
    return undefined
  }
}

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0)
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM'
  }
}

/** Where the console has moved it to. */
function toldRelayUrl(home: Home, identity: Identity): string | undefined {
  const vault = settingsVault(home, sealerOf(identity.privateKey))
  return new ToldSettings({ vault, moveTo: () => Promise.resolve(), log: silentLog }).relayUrl
}
