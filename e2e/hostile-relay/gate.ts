/**
 * A whole Sallygate in one process, with a relay that lies where its relay should be.
 *
 * The console, the connectors and the directory are the real ones. Two groups: `one` and
 * `two` are connectors of the first, `branch` is the only one of the second. Tests change
 * `relay.tamper` and look at what was really done (`backEnd`), what the caller was told
 * (`search`, `signIn`) and what the connector counted (`refusals`).
 *
 * @module
 */
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { systemClock, type Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import {
  connectorSettings,
  enrollConnector,
  startConnector,
  type Connector,
  type ConnectorFacts,
} from '@sallygate/connector'
import { consoleSettings, startConsole, type Console } from '@sallygate/console'
import { kindOf } from '@sallygate/envelope'
import type { RelayId } from '@sallygate/hop'
import { baseDn, everybodysPassword, reader } from '@sallygate/sample-office'
import { startHostileRelay, type HostileRelay } from '@sallygate/testkit/hostile-relay'
import { directoryService } from '@sallygate/service-directory/agent'
import type { AnyService } from '@sallygate/service-kit'
import type { HostilePeer } from '@sallygate/testkit/hostile-peer'
import { honest, type PassingCargo } from '@sallygate/testkit/tampers'
import { expect } from 'vitest'
import { BackEnd } from './back-end.ts'

setFlagsFromString('--expose-gc')
/** What nobody refers to any more must not be taken for what piles up. */
const collectGarbage = runInNewContext('gc') as () => void

const apiKey = `sgk_${'H'.repeat(43)}`
/** An outage lasts as long as it takes to dial again, and no longer. */
const quick = { backOffBaseMs: 20, backOffCapMs: 100 }
const restless = () => 0.001

export interface Answer {
  readonly status: number
  // What is read from it is what the tests are about.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

export interface LogLine {
  readonly level: string
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
}

export interface GateOptions {
  readonly seed: number
  /** The relay admits everybody, and nobody it was told to drop is dropped. */
  readonly isLawless?: boolean
  readonly reportEvery?: string
  /** Which connectors there are; all three unless given. */
  readonly connectors?: readonly ConnectorName[]
  /** What they can do besides the directory, and what their policy files say of it. */
  readonly more?: { readonly services: readonly AnyService[]; readonly policy: string }
}

export type ConnectorName = 'one' | 'two' | 'branch'

export class Gate {
  readonly home = mkdtempSync(join(tmpdir(), 'sallygate-hostile-'))
  readonly options: GateOptions
  /** What the console wrote. */
  readonly log: LogLine[] = []
  /** What the connectors wrote, all together. */
  readonly connectorLog: LogLine[] = []
  readonly groups = { main: '', branch: '' }
  readonly connectors = new Map<string, Connector>()
  console!: Console
  relay!: HostileRelay
  backEnd!: BackEnd
  /** Added to the wall clock of the console. */
  consoleAheadMs = 0
  readonly #extra: Connector[] = []

  static async open(options: GateOptions): Promise<Gate> {
    const gate = new Gate(options)
    try {
      await gate.#open()
      return gate
    } catch (error) {
      await gate.close()
      throw error
    }
  }

  private constructor(options: GateOptions) {
    this.options = options
  }

  async #open(): Promise<void> {
    await this.startConsole()
    this.groups.main = (await this.api('GET', '/api/groups')).body.groups[0].id
    this.groups.branch = (await this.api('POST', '/api/groups', { name: 'Branch' })).body.id
    writeFileSync(join(this.home, 'root.pem'), await this.rootPem())
    await this.#startRelay()
    this.backEnd = await BackEnd.start(await this.#tlsFiles('directory'))
    await this.until(async () => (await this.api('GET', '/api/relay')).body.state === 'attached')
    await Promise.all((this.options.connectors ?? ['one', 'two', 'branch']).map((name) => this.join(name)))
    await this.turnOn('main')
    await this.turnOn('branch')
    await this.works()
  }

  async startConsole(): Promise<void> {
    const path = join(this.home, 'console')
    mkdirSync(path, { recursive: true, mode: 0o700 })
    writeFileSync(join(path, 'password'), 'correct horse battery\n', { mode: 0o600 })
    writeFileSync(join(path, 'key'), `${apiKey}\n`, { mode: 0o600 })
    const files = { firstAdminPasswordFile: join(path, 'password'), firstApiKeyFile: join(path, 'key') }
    const settings = consoleSettings.parse([{ name: 'test', values: { home: path, port: 0, ...files } }])
    const clock: Clock = { ...systemClock, now: () => new Date(Date.now() + this.consoleAheadMs) }
    this.console = await startConsole(settings, { clock, log: collect(this.log), dialTuning: quick })
  }

  async #startRelay(): Promise<void> {
    const channel = (await this.api('GET', '/api/relay/secure-channel')).body
    this.relay = await startHostileRelay({
      seed: this.options.seed,
      tls: await this.#tlsFiles('relay'),
      ...(this.options.isLawless === true
        ? { relay: channel.relay as RelayId }
        : { secureChannel: Buffer.from(JSON.stringify(channel)) }),
    })
    const { url } = this.relay
    await this.api('PUT', '/api/relay', { enabled: true, externalUrl: url, internalUrl: url })
  }

  async rootPem(): Promise<string> {
    return (await this.api('GET', '/api/certificates/root')).body.pem
  }

  async #tlsFiles(commonName: string): Promise<{ key: string; cert: string }> {
    const names = { dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] }
    const { body } = await this.api('POST', '/api/tls-certificates', { commonName, ...names })
    return { key: body.privateKeyPem, cert: body.certificatePem }
  }

  async api(method: string, path: string, body?: unknown): Promise<Answer> {
    const answer = await fetch(`${this.console.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: text === '' ? undefined : JSON.parse(text) }
  }

  async code(body: Record<string, unknown> = {}, group: 'main' | 'branch' = 'main'): Promise<string> {
    return (await this.api('POST', `/api/groups/${this.groups[group]}/enrollment-codes`, body)).body.code
  }

  enroll(name: string, code: string, home = name) {
    return enrollConnector({
      home: join(this.home, home),
      with: { kind: 'code', code: new Secret(code) },
      relayUrl: this.relay.url,
      relayCaFile: join(this.home, 'root.pem'),
      name,
      allowTargets: [`127.0.0.1:${this.backEnd.port}`],
    })
  }

  /** Starts what was enrolled in `home` and waits until the console takes it for live. */
  async start(name: string, home = name): Promise<Connector> {
    const connector = await this.launch(home)
    this.connectors.set(name, connector)
    await connector.live(AbortSignal.timeout(8000))
    await this.until(async () => (await this.connector(name)).state === 'live')
    return connector
  }

  /** Started, whether or not it becomes live. */
  async launch(home: string): Promise<Connector> {
    const { reportEvery, more } = this.options
    const values = {
      home: join(this.home, home),
      drainWithin: '100ms',
      ...(reportEvery === undefined ? {} : { reportEvery }),
    }
    const settings = connectorSettings.parse([{ name: 'test', values }])
    const services = [directoryService, ...(more?.services ?? [])]
    const connector = await startConnector(settings, { log: collect(this.connectorLog), random: restless, services })
    this.#extra.push(connector)
    return connector
  }

  async join(name: ConnectorName): Promise<void> {
    await this.enroll(name, await this.code({}, name === 'branch' ? 'branch' : 'main'))
    appendFileSync(join(this.home, name, 'policy.toml'), this.options.more?.policy ?? '')
    await this.start(name)
  }

  /** As the console shows it. */
  async connector(name: string): Promise<{ id: string; state: string; cloneAlarm: boolean }> {
    for (const group of Object.values(this.groups)) {
      const { body } = await this.api('GET', `/api/groups/${group}/connectors`)
      const found = body.connectors.find((one: { name: string }) => one.name === name)
      if (found !== undefined) return found
    }
    return { id: '', state: 'unknown', cloneAlarm: false }
  }

  turnOn(group: 'main' | 'branch', change: Record<string, unknown> = {}): Promise<Answer> {
    return this.api('PUT', `/api/groups/${this.groups[group]}/services/directory`, {
      settings: { ...this.directorySettings(), ...change },
    })
  }

  directorySettings() {
    return {
      type: 'generic',
      servers: [{ host: '127.0.0.1', port: this.backEnd.port }],
      trust: readFileSync(join(this.home, 'root.pem'), 'utf8'),
      baseDn,
      bindDn: reader.dn,
      bindPassword: reader.password,
    }
  }

  /** A look-up by name through one connector. */
  search(connector: string | undefined, text: string, deadlineMs = 5000): Promise<Answer> {
    const parameters = { kind: 'users', match: { field: 'displayName', contains: text } }
    return this.call(connector, 'directory.search', parameters, deadlineMs)
  }

  signIn(connector: string | undefined, user: string, deadlineMs = 5000): Promise<Answer> {
    const parameters = { user, password: everybodysPassword }
    return this.call(connector, 'directory.authenticate', parameters, deadlineMs)
  }

  call(connector: string | undefined, operation: string, parameters: unknown, deadlineMs: number) {
    const group = connector === 'branch' ? this.groups.branch : this.groups.main
    const named = connector === undefined ? {} : { connector }
    return this.api('POST', `/api/groups/${group}/call`, { operation, parameters, deadlineMs, ...named })
  }

  /** One good call through every connector that should be able to do it, with nothing in the way. */
  async works(names: readonly ConnectorName[] = this.options.connectors ?? ['one', 'two', 'branch']): Promise<void> {
    this.relay.tamper = honest
    this.relay.frames = (frame) => [frame]
    for (const name of names) {
      await this.until(async () => (await this.connector(name)).state === 'live')
      const answer = await this.search(name, 'Keller')
      expect(answer, `a good call through ${name}`).toMatchObject({ status: 200, body: { connector: { name } } })
      expect(namesIn(answer)).toEqual(['Bruno Keller'])
    }
  }

  instance(name: ConnectorName): string {
    return this.facts(name).instance
  }

  /** How often a connector has refused for this reason. */
  refusals(name: ConnectorName, code: string): number {
    return this.facts(name).refusals[code] ?? 0
  }

  peer(name: ConnectorName): HostilePeer {
    return this.relay.peer('connector', this.instance(name))
  }

  facts(name: ConnectorName): ConnectorFacts {
    return this.#running(name).facts()
  }

  /** Cuts a connector off and waits until it is back, with a session of its own. */
  async reconnect(name: ConnectorName): Promise<void> {
    const { reconnects } = this.facts(name).relay
    const { length } = this.log
    this.peer(name).cut()
    await this.until(() => this.facts(name).relay.reconnects > reconnects && this.facts(name).isLive)
    await this.#settled(name, length)
  }

  async restart(name: ConnectorName): Promise<void> {
    const { length } = this.log
    await this.#running(name).stop()
    await this.start(name)
    await this.#settled(name, length)
  }

  /** What a hello sets off is over: the settings that come with it have been taken, if any came. */
  async #settled(name: ConnectorName, since: number): Promise<void> {
    const isAcknowledged = ({ message, fields }: LogLine) =>
      message === 'settings acknowledged' && fields['instance'] === this.instance(name)
    await this.until(() => this.log.slice(since).some(isAcknowledged), 500).catch(() => undefined)
  }

  /** Delivers all of these and resolves when each has been dealt with, which a peer says by giving its credit back. */
  async deliver(cargos: Iterable<PassingCargo>): Promise<number> {
    const credits = new Map(this.relay.peers().map((peer) => [peer, peer.credit]))
    let delivered = 0
    for (const cargo of cargos) {
      this.relay.inject(cargo)
      delivered++
    }
    await this.until(() => credits.entries().every(([peer, credit]) => peer.credit >= credit), 15_000)
    return delivered
  }

  /** Keeps the first cargo that fits from its receiver. Everything else passes. */
  hold(fits: (passing: PassingCargo) => boolean): Promise<PassingCargo> {
    return new Promise((resolve) => {
      let isHeld = false
      this.relay.tamper = (passing) => {
        if (isHeld || !fits(passing)) return [passing]
        isHeld = true
        resolve(passing)
        return []
      }
    })
  }

  /** Notes the first cargo that fits, and lets it pass. */
  tap(fits: (passing: PassingCargo) => boolean): Promise<PassingCargo> {
    return new Promise((resolve) => {
      this.relay.tamper = (passing) => {
        if (fits(passing)) resolve(passing)
        return [passing]
      }
    })
  }

  /** What this thread holds on to, after the relay has thrown away what it has written down. */
  retainedBytes(): number {
    this.relay.recording.messages.splice(0)
    collectGarbage()
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }

  /** What sockets and ciphers have used is given back a little later; what piles up never is. */
  async gaveBack(beforeBytes: number): Promise<void> {
    await this.until(() => this.retainedBytes() - beforeBytes < 32 * 1024 * 1024, 10_000)
  }

  async until(isTrue: () => Promise<boolean> | boolean, withinMs = 8000): Promise<number> {
    const began = performance.now()
    while (!(await isTrue())) {
      if (performance.now() - began > withinMs) throw new Error(`not within ${withinMs} ms: ${String(isTrue)}`)
      await new Promise((resolve) => setTimeout(resolve, 5))
    }
    return performance.now() - began
  }

  async close(): Promise<void> {
    await Promise.all(this.#extra.map((connector) => connector.stop()))
    await this.console?.stop()
    await this.relay?.stop()
    await this.backEnd?.stop()
    rmSync(this.home, { recursive: true, force: true })
  }

  #running(name: ConnectorName): Connector {
    const connector = this.connectors.get(name)
    if (connector === undefined) throw new Error(`${name} is not running`)
    return connector
  }
}

export const requestTo = (instance: string) => (passing: PassingCargo) =>
  kindOf(passing.cargo) === 'request' && passing.to.instance === instance
export const requestFrom = (instance: string) => (passing: PassingCargo) =>
  kindOf(passing.cargo) === 'request' && passing.from.instance === instance
export const replyFrom = (instance: string) => (passing: PassingCargo) =>
  kindOf(passing.cargo) === 'replyChunk' && passing.from.instance === instance
export const replyTo = (instance: string) => (passing: PassingCargo) =>
  kindOf(passing.cargo) === 'replyChunk' && passing.to.instance === instance

/** Whom a look-up found. */
export function namesIn({ body }: Answer): readonly string[] {
  const entries = body.result.entries as readonly { fields: { displayName?: string[] } }[]
  return entries.map(({ fields }) => fields.displayName?.[0] ?? '').toSorted()
}

/** The caller is told in so many words: a status, a code of a failure table, and nothing that looks like a result. */
export function expectTypedFailure(answer: Answer): void {
  expect(answer.status).toBeGreaterThanOrEqual(400)
  expect(answer.body.code).toMatch(/^(?:CONSOLE|ENVELOPE|CONNECTOR|DIAL|SERVICE|DIRECTORY)_[A-Z_]+$/)
  expect(answer.body.code).not.toBe('CONSOLE_INTERNAL')
  expect(answer.body).not.toHaveProperty('result')
}

function collect(lines: LogLine[]): Log {
  const at =
    (level: string) =>
    (message: string, fields: Readonly<Record<string, unknown>> = {}) =>
      void lines.push({ level, message, fields })
  const log: Log = {
    debug: at('debug'),
    info: at('info'),
    warn: at('warn'),
    error: at('error'),
    with: () => log,
    dropped: () => 0,
    flush: () => undefined,
  }
  return log
}
