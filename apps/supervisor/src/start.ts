/**
 * The all-in-one start: console, relay, nac, one connector, and the sample office, each a process of its own.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { sleep, type Clock } from '@sallygate/base/clock'
import { randomBytes, toBase64Url } from '@sallygate/base/bytes'
import { writeFileAtomic } from '@sallygate/base/file'
import type { PartStatus } from '@sallygate/base/process'
import { ConsoleClient } from './console-client.ts'
import { adminUser, prepareCredentials, readApiKey, writeCredentials } from './credentials.ts'
import { requireFreePort } from './free-port.ts'
import { takeHome, type Home, type PartName } from './home.ts'
import { startPageBuild, type PageBuildOutcome } from './page-build.ts'
import { liveConnector, officeServices } from './live-connector.ts'
import { makeMetricsToken, moveNac, provideIseAccount, provideNac } from './nac.ts'
import { Part } from './part.ts'
import * as provision from './provision.ts'
import { readyOffice, type Ready } from './ready.ts'
import { runtimeArgs } from './runtime-args.ts'
import { provideSampleDevices } from './sample-devices.ts'
import { factsOf, offerDirectory, offerMail, offerSyslog, officeTargets, retargetPolicy } from './sample-office.ts'
import {
  defaultPortBase,
  loopback,
  portsFrom,
  relayUrl,
  rememberedPorts,
  writePartSettings,
  type Ports,
} from './settings-files.ts'
import { startWarmUp } from './warm-up.ts'

export interface StartOptions {
  readonly home: string
  /** Without it: the ports of the last start from this home, or the default. */
  readonly portBase?: number
  readonly withSampleOffice: boolean
  readonly adminPasswordFile?: string
  /** The root of the Sallygate sources, where apps/ is. */
  readonly programs: string
  readonly clock: Clock
  /** Called for everything a person watching would like to see. */
  readonly onEvent: (event: StartEvent) => void
}

export type StartEvent =
  | { readonly kind: 'up'; readonly part: PartName; readonly where: string; readonly afterMs: number }
  | { readonly kind: 'restarting'; readonly part: PartName; readonly exit: string; readonly pauseMs: number }
  | { readonly kind: 'stopped'; readonly part: PartName }
  | { readonly kind: 'pages'; readonly outcome: PageBuildOutcome }

export interface Started {
  readonly ready: Ready
  readonly console: ConsoleClient
  readonly home: Home
  /** Everything down within five seconds; nothing is left behind. */
  stop(): Promise<void>
}

/** Long enough for a busy two-core machine that has just been booted; a person is told what is waited for. */
const startWithinMs = 45_000
const partStopWithinMs = 4_000

/**
 * @throws SUPERVISOR_*, LISTEN_*, FILE_*, or what the console answered. Everything that was started is stopped again first.
 */
export async function startAll(options: StartOptions): Promise<Started> {
  const home = takeHome(options.home)
  const parts = new Map<PartName, Part>()
  const { programs, clock, onEvent } = options
  const pages = startPageBuild({ programs, logFile: home.logOf('web'), clock })
  void pages.outcome.then((outcome) => onEvent({ kind: 'pages', outcome }))
  const warmUp = startWarmUp({ programs, cacheDirectory: home.cacheDirectory })
  const stop = async () => {
    pages.stop()
    warmUp?.stop()
    // The connector first: it says goodbye to the relay, the relay to the console.
    const order: readonly PartName[] = ['connector', 'sample-office', 'nac', 'relay', 'console']
    await Promise.all(
      order.map(async (name, index) => {
        await sleep(options.clock, index * 50)
        await parts.get(name)?.stop(partStopWithinMs)
        if (parts.has(name)) options.onEvent({ kind: 'stopped', part: name })
      }),
    )
    home.release()
  }
  const failing = new AbortController()
  try {
    return await bringUp(options, home, parts, stop, failing.signal)
  } catch (error) {
    failing.abort(error)
    await stop()
    throw error
  }
}

async function bringUp(
  options: StartOptions,
  home: Home,
  parts: Map<PartName, Part>,
  stop: () => Promise<void>,
  /** Aborted when something has failed: nothing is begun any more. */
  failed: AbortSignal,
): Promise<Started> {
  const { clock, onEvent } = options
  const startedMs = clock.monotonicMs()
  const before = rememberedPorts(home)
  const ports = options.portBase === undefined ? (before ?? portsFrom(defaultPortBase)) : portsFrom(options.portBase)
  await requireFreePorts(ports, options.withSampleOffice)
  const files = prepareCredentials(home, options.adminPasswordFile)
  const tokenFile = home.of('relay', 'statistics.token')
  if (!existsSync(tokenFile)) writeFileAtomic(tokenFile, `${toBase64Url(randomBytes(32))}\n`)
  makeMetricsToken(home)
  writePartSettings(home, ports, files, options.withSampleOffice)

  const launch = (name: PartName): Part => {
    failed.throwIfAborted()
    const part = new Part({
      name,
      program: join(options.programs, 'apps', name, 'src/main.ts'),
      args: ['--settings', home.of(name, 'settings.json')],
      runtimeArgs: runtimeArgs[name] ?? [],
      logFile: home.logOf(name),
      statusFile: home.of(name, 'status.json'),
      cacheDirectory: home.cacheDirectory,
      clock,
      onRestart: (which, exit, pauseMs) => onEvent({ kind: 'restarting', part: which, exit, pauseMs }),
    })
    parts.set(name, part)
    part.start()
    return part
  }
  const up = async (
    name: PartName,
    where: string,
    isReady: (status: PartStatus) => boolean = isUp,
  ): Promise<PartStatus> => {
    const part = parts.get(name) ?? launch(name)
    const status = await part.ready(isReady, startWithinMs)
    onEvent({ kind: 'up', part: name, where, afterMs: clock.monotonicMs() - startedMs })
    return status
  }

  const consoleUrl = `http://${loopback}:${ports.console}`
  const nacUrl = `https://${loopback}:${ports.nac}`
  const officeUrl = `ldaps://${loopback}:${ports['sample-office']}`
  // What an earlier start provided can come up beside the console; a relay needs its certificate and its secure channel first.
  const early: readonly PartName[] = ['relay', 'nac', ...(options.withSampleOffice ? (['sample-office'] as const) : [])]
  moveNac(home, consoleUrl)
  for (const name of early.filter((one) => isProvided(home, one))) launch(name)
  retargetPolicy(home, before, ports)
  if (provision.isEnrolled(home)) launch('connector')

  await up('console', consoleUrl)
  const console_ = new ConsoleClient({ url: consoleUrl, apiKey: readApiKey(files) })
  writeCredentials(home, consoleUrl, files)
  const [rootPem, group] = await Promise.all([
    provision.provideRootCertificate(console_, home),
    provision.groupOf(console_, home),
  ])
  const certificate = (part: PartName) => provision.provideTlsCertificate(console_, home, part, clock)
  const gateAndConnector = async () => {
    await Promise.all([provision.provideSecureChannel(console_, home), certificate('relay')])
    await up('relay', relayUrl(ports))
    await provision.connectRelay(console_, ports)
    await provision.enrollConnector(console_, home, group, ports, {
      program: join(options.programs, 'apps/cli/bin/sallygate.cjs'),
      cacheDirectory: home.cacheDirectory,
      allowedTargets: options.withSampleOffice ? officeTargets(ports) : [],
      signal: failed,
    })
    await up('connector', 'dials out, listens nowhere', (status) => status.facts['isLive'] === true)
  }
  const nac = async () => {
    await Promise.all([provideNac(console_, home, consoleUrl), certificate('nac')])
    await up('nac', nacUrl)
  }
  const sampleOffice = async () => {
    if (!options.withSampleOffice) return undefined
    await certificate('sample-office')
    const office = await up('sample-office', officeUrl)
    await offerDirectory(console_, group, factsOf(office), { before, now: ports }, rootPem)
    await offerMail(console_, group, factsOf(office), { before, now: ports }, rootPem)
    await offerSyslog(console_, group, { before, now: ports }, rootPem)
    await provideSampleDevices(console_, home, group)
    writeCredentials(home, consoleUrl, files, await provideIseAccount(console_, home))
    return office
  }
  // None of them needs another; a connector finds its settings with its first hello, or gets them when they are there.
  const [, , office] = await Promise.all([gateAndConnector(), nac(), sampleOffice()])
  const connector = await liveConnector(console_, {
    group,
    instance: provision.ownIdentity(home)?.instance,
    services: office === undefined ? [] : officeServices,
    clock,
  })

  const ready: Ready = {
    consoleUrl,
    nacUrl,
    relayUrl: relayUrl(ports),
    group: group.name,
    groupId: group.id,
    connector: connector.name,
    connectorId: connector.id,
    adminUser,
    credentialFile: home.credentialsFile,
    pids: Object.fromEntries([
      ['supervisor', process.pid],
      ...[...parts.values()].map((part) => [part.name, part.pid ?? 0] as const),
    ]),
    ...(office === undefined ? {} : { sampleOffice: readyOffice(officeUrl, office) }),
  }
  writeFileAtomic(home.readyFile, `${JSON.stringify(ready, undefined, 2)}\n`)
  return { ready, console: console_, home, stop }
}

async function requireFreePorts(ports: Ports, withSampleOffice: boolean): Promise<void> {
  for (const [part, port] of Object.entries(ports)) {
    if (!part.startsWith('sample-') || withSampleOffice) await requireFreePort(loopback, port, part)
  }
}

function isUp(status: PartStatus): boolean {
  return status.state === 'up' || status.state === 'degraded'
}

function isProvided(home: Home, part: PartName): boolean {
  const more: Partial<Record<PartName, string>> = { relay: 'secure-channel.json', nac: 'console.json' }
  const needed = ['tls.pem', 'tls.key', ...(more[part] === undefined ? [] : [more[part]])]
  return needed.every((file) => existsSync(home.of(part, file)))
}
