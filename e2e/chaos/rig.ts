/**
 * A whole Sallygate of processes, with a real slapd behind it, for things to be done to.
 *
 * Console, relay and connectors are the programs as they ship. Every connector dials through a
 * line of its own that can be bad to it, and where the kernel allows it a network of its own.
 *
 * @module
 */
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@sallygate/base/secret'
import { enrollConnector } from '@sallygate/connector'
import { startLagProxy, type LagProxy } from '@sallygate/testkit/lag-proxy'
import type { Network } from '@sallygate/testkit/network'
import { PartProcess, type MemoryHeld } from '@sallygate/testkit/part-process'
import { findProgram } from '@sallygate/testkit/peers'
import { freePort } from '../../interop/directory/peer-process.ts'
import { slapdBase, slapdPassword, slapdReader, startSlapd, type Slapd } from '../../interop/directory/slapd.ts'

const root = join(import.meta.dirname, '../..')
const program = (part: string) => join(root, 'apps', part, 'src/main.ts')
const apiKey = `sgk_${'C'.repeat(43)}`

export interface RigOptions {
  readonly connectors?: readonly string[]
  /** Connectors that live in a network of their own. */
  readonly networks?: Readonly<Record<string, Network>>
  readonly people?: number
  readonly relay?: Readonly<Record<string, unknown>>
  readonly connector?: Readonly<Record<string, unknown>>
  /** How a connector's process is started: memory, files, environment. */
  readonly process?: Partial<ConstructorParameters<typeof PartProcess>[0]>
  /** The name that connectors in networks of their own know the relay by. */
  readonly relayName?: string
  /** Where the directory is to be reached; slapd itself unless given. */
  readonly directoryPort?: number
}

export interface Answer {
  readonly status: number
  // What is read from it is what the scenarios are about.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

/** What a process held before anything was done to the system. */
interface Baseline {
  readonly pid: number
  readonly memory: MemoryHeld
  readonly descriptors: number
}

export function missingForRig(): string | undefined {
  return findProgram('slapd') === undefined ? 'slapd is not installed (Debian package slapd)' : undefined
}

export class Rig {
  readonly home = mkdtempSync(join(tmpdir(), 'sallygate-chaos-'))
  readonly options: RigOptions
  readonly connectors = new Map<string, PartProcess>()
  /** The way of each to the relay. */
  readonly lines = new Map<string, LagProxy>()
  readonly baselines = new Map<string, Baseline>()
  /** By user: how often a sign-in was asked for, and how often one was answered. */
  readonly signIns = new Map<string, { asked: number; answered: number }>()
  console!: PartProcess
  relay!: PartProcess
  slapd!: Slapd
  /** Between the connectors and slapd. */
  directoryLine!: LagProxy
  group = ''
  relayPort = 0
  consolePort = 0
  #agent = new Agent({ keepAlive: true, maxSockets: 2000 })
  #people = 0
  #nextPerson = 0

  static async open(options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(options)
    try {
      await rig.#open()
      return rig
    } catch (error) {
      const logs = [rig.console, rig.relay, ...rig.connectors.values()].map((part) => part?.log().slice(-600))
      await rig.close()
      throw new Error(`the rig did not come up: ${String(error)}\n${logs.join('\n--\n')}`, { cause: error })
    }
  }

  private constructor(options: RigOptions) {
    this.options = options
  }

  get url(): string {
    return `http://127.0.0.1:${this.consolePort}`
  }

  connector(name: string): PartProcess {
    const found = this.connectors.get(name)
    if (found === undefined) throw new Error(`there is no connector ${name}`)
    return found
  }

  line(name: string): LagProxy {
    const found = this.lines.get(name)
    if (found === undefined) throw new Error(`there is no line to ${name}`)
    return found
  }

  async #open(): Promise<void> {
    const { networks = {}, connectors = ['one', 'two'], people = 4000 } = this.options
    const gateways = Object.values(networks).map(({ outside }) => outside)
    this.#people = people
    const isWide = gateways.length > 0
    this.slapd = await startSlapd(people, { logLevel: 256, names: gateways, ...(isWide ? { address: '0.0.0.0' } : {}) })
    this.directoryLine = await startLagProxy({ port: this.slapd.ldapsPort })
    await this.#startConsole()
    await this.#startRelay(gateways)
    for (const name of connectors) await this.join(name)
    await this.turnOn()
    for (const name of connectors)
      await this.until(async () => (await this.search(name)) === 'ok', 30_000, `${name} works`)
  }

  async #startConsole(): Promise<void> {
    const home = join(this.home, 'console')
    mkdirSync(home, { mode: 0o700 })
    writeFileSync(join(home, 'password'), 'correct horse battery\n', { mode: 0o600 })
    writeFileSync(join(home, 'key'), `${apiKey}\n`, { mode: 0o600 })
    this.consolePort = await freePort()
    this.console = new PartProcess({
      name: 'console',
      program: program('console'),
      home,
      settings: {
        home,
        port: this.consolePort,
        maxConnections: 4096,
        firstAdminPasswordFile: join(home, 'password'),
        firstApiKeyFile: join(home, 'key'),
      },
    })
    this.console.start()
    await this.until(async () => (await this.api('GET', '/api/groups')).status === 200, 30_000, 'the console is up')
    this.group = (await this.api('GET', '/api/groups')).body.groups[0].id
  }

  async #startRelay(gateways: readonly string[]): Promise<void> {
    const home = join(this.home, 'relay')
    mkdirSync(home, { mode: 0o700 })
    const { relayName } = this.options
    const dnsNames = ['localhost', ...(relayName === undefined ? [] : [relayName])]
    const names = { dnsNames, ipAddresses: ['127.0.0.1', ...gateways] }
    const { body } = await this.api('POST', '/api/tls-certificates', { commonName: 'relay', ...names })
    writeFileSync(join(home, 'tls.pem'), body.certificatePem)
    writeFileSync(join(home, 'tls.key'), body.privateKeyPem, { mode: 0o600 })
    const channel = await this.api('GET', '/api/relay/secure-channel')
    writeFileSync(join(home, 'channel.json'), `${JSON.stringify(channel.body)}\n`)
    writeFileSync(join(this.home, 'root.pem'), (await this.api('GET', '/api/certificates/root')).body.pem)
    this.relayPort = await freePort()
    this.relay = new PartProcess({
      name: 'relay',
      program: program('relay'),
      home,
      settings: {
        address: gateways.length > 0 ? '0.0.0.0' : '127.0.0.1',
        port: this.relayPort,
        tlsCertificateFile: join(home, 'tls.pem'),
        tlsKeyFile: join(home, 'tls.key'),
        secureChannelFile: join(home, 'channel.json'),
        admissionFile: join(home, 'admission.bin'),
        drainMs: '200ms',
        ...this.options.relay,
      },
    })
    this.relay.start()
    const url = `https://127.0.0.1:${this.relayPort}/awcm`
    await this.api('PUT', '/api/relay', { enabled: true, externalUrl: url, internalUrl: url })
    const isAttached = async () => (await this.api('GET', '/api/relay')).body.state === 'attached'
    await this.until(isAttached, 30_000, 'the relay is attached')
  }

  /** Enrolls and starts one more connector. */
  async join(name: string, more: Partial<ConstructorParameters<typeof PartProcess>[0]> = {}): Promise<void> {
    const home = join(this.home, name)
    const network = this.options.networks?.[name]
    const line = await startLagProxy({ port: this.relayPort })
    this.lines.set(name, line)
    const code = (await this.api('POST', `/api/groups/${this.group}/enrollment-codes`, {})).body.code as string
    await enrollConnector({
      home,
      with: { kind: 'code', code: new Secret(code) },
      relayUrl: `https://127.0.0.1:${line.port}/awcm`,
      relayCaFile: join(this.home, 'root.pem'),
      name,
      allowTargets: [`${this.directoryHost}:${this.directoryPort}`],
    })
    const relayHost =
      network === undefined
        ? `127.0.0.1:${line.port}`
        : `${this.options.relayName ?? network.outside}:${this.relayPort}`
    const part = new PartProcess({
      name,
      program: program('connector'),
      home,
      settings: {
        home,
        relayUrl: `wss://${relayHost}/awcm`,
        relayCaFile: join(this.home, 'root.pem'),
        ...this.options.connector,
      },
      ...(network === undefined ? {} : { entry: network.entry }),
      ...this.options.process,
      ...more,
    })
    this.connectors.set(name, part)
    part.start()
    await this.untilLive(name)
  }

  /** One address that every connector reaches the directory by. */
  get directoryHost(): string {
    return Object.values(this.options.networks ?? {})[0]?.outside ?? '127.0.0.1'
  }

  get directoryPort(): number {
    const isWide = this.options.networks !== undefined
    return this.options.directoryPort ?? (isWide ? this.slapd.ldapsPort : this.directoryLine.port)
  }

  async turnOn(change: Record<string, unknown> = {}): Promise<void> {
    const settings = {
      type: 'generic',
      servers: [{ host: this.directoryHost, port: this.directoryPort }],
      trust: this.slapd.authority,
      baseDn: slapdBase,
      bindDn: slapdReader.dn,
      bindPassword: slapdReader.password,
      ...change,
    }
    const { status, body } = await this.api('PUT', `/api/groups/${this.group}/services/directory`, { settings })
    if (status >= 300) throw new Error(`the directory was not turned on: ${JSON.stringify(body)}`)
  }

  api(method: string, path: string, body?: unknown): Promise<Answer> {
    const text = body === undefined ? undefined : JSON.stringify(body)
    const headers = {
      authorization: `Bearer ${apiKey}`,
      ...(text === undefined
        ? {}
        : { 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)) }),
    }
    const failed = (error: NodeJS.ErrnoException): Answer => ({
      status: 0,
      body: { code: `HTTP_${error.code ?? 'FAILED'}` },
    })
    return new Promise((resolve) => {
      const sent = request(`${this.url}${path}`, { method, headers, agent: this.#agent }, (answer) => {
        let said = ''
        answer.setEncoding('utf8').on('data', (part: string) => (said += part))
        answer.on('error', (error) => resolve(failed(error)))
        answer.on('end', () => resolve({ status: answer.statusCode ?? 0, body: parsed(said) }))
      })
      sent.on('error', (error: NodeJS.ErrnoException) => {
        // The console closed an idle connection in the moment it was used again: the request was not even read.
        const isStale = sent.reusedSocket && (error.code === 'ECONNRESET' || error.code === 'EPIPE')
        resolve(isStale ? { status: 0, body: { code: stale } } : failed(error))
      })
      sent.end(text)
    })
  }

  /** Our own connections to the console are none of its making. */
  disconnect(): void {
    this.#agent.destroy()
    this.#agent = new Agent({ keepAlive: true, maxSockets: 2000 })
  }

  async call(
    operation: string,
    parameters: unknown,
    more: Record<string, unknown> = {},
    onAgain: () => void = () => undefined,
  ): Promise<Answer> {
    for (;;) {
      const answer = await this.api('POST', `/api/groups/${this.group}/call`, { operation, parameters, ...more })
      if (answer.status !== 0 || codeOf(answer.body) !== stale) return answer
      onAgain()
    }
  }

  /** Looks one person up. @returns `ok` or what was said. */
  async search(connector?: string, deadlineMs = 30_000, more: Record<string, unknown> = {}): Promise<string> {
    const login = `u${String(Math.floor(Math.random() * this.#people)).padStart(5, '0')}`
    const parameters = { kind: 'users', match: { field: 'login', equals: login }, ...more }
    const named = connector === undefined ? {} : { connector }
    const { status, body } = await this.call('directory.search', parameters, { deadlineMs, ...named })
    if (status !== 200) return codeOf(body)
    return (body.result.entries.length as number) > 0 ? 'ok' : 'nobody found'
  }

  /** Signs somebody in who has not been signed in before, so that slapd's log says how often it was tried. */
  async signIn(deadlineMs = 15_000): Promise<string> {
    const user = `u${String(this.#nextPerson++ % this.#people).padStart(5, '0')}`
    const known = this.signIns.get(user) ?? { asked: 0, answered: 0 }
    this.signIns.set(user, known)
    known.asked++
    const { status, body } = await this.call(
      'directory.authenticate',
      { user, password: slapdPassword },
      { deadlineMs },
    )
    if (status !== 200) return codeOf(body)
    known.answered++
    return body.result.outcome === 'accepted' ? 'ok' : `refused: ${String(body.result.logCode)}`
  }

  /** A large answer: every person there is, with a mail address and names. */
  bulk(deadlineMs = 240_000): Promise<string> {
    return this.search(undefined, deadlineMs, { match: undefined, limit: 10_000 })
  }

  async listed(name: string): Promise<{ id: string; state: string; health: string; inFlight: number } | undefined> {
    const { body } = await this.api('GET', `/api/groups/${this.group}/connectors`)
    return body.connectors?.find((one: { name: string }) => one.name === name)
  }

  untilLive(name: string, withinMs = 60_000): Promise<number> {
    return this.until(async () => (await this.listed(name))?.state === 'live', withinMs, `${name} is live`)
  }

  untilHealth(name: string, health: string, withinMs: number): Promise<number> {
    return this.until(async () => (await this.listed(name))?.health === health, withinMs, `${name} is ${health}`)
  }

  /** From when it has been asked something that it does not answer. */
  async untilSuspected(name: string): Promise<number> {
    const owes = async () => ((await this.listed(name))?.inFlight ?? 0) > 0
    await this.until(owes, 20_000, `${name} is asked something`)
    return this.untilHealth(name, 'suspect', 20_000)
  }

  async until(isTrue: () => Promise<boolean> | boolean, withinMs: number, what: string): Promise<number> {
    const began = performance.now()
    while (!(await isTrue())) {
      if (performance.now() - began > withinMs) throw new Error(`not within ${withinMs} ms: ${what}`)
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
    return performance.now() - began
  }

  get parts(): readonly PartProcess[] {
    return [this.console, this.relay, ...this.connectors.values()]
  }

  /** After it has warmed up: what the checker compares the end with. */
  async takeBaseline(): Promise<void> {
    this.disconnect()
    await pause(500)
    for (const part of this.parts) {
      this.baselines.set(part.name, { pid: part.pid, memory: await part.memory(), descriptors: part.descriptors })
    }
  }

  journal(name: string): Buffer | undefined {
    const file = join(this.home, name, 'journal.bin')
    return existsSync(file) ? readFileSync(file) : undefined
  }

  async close(): Promise<void> {
    this.disconnect()
    for (const part of this.connectors.values()) await part.stop()
    await this.relay?.stop()
    await this.console?.stop()
    for (const line of this.lines.values()) await line.stop()
    await this.directoryLine?.stop()
    await this.slapd?.stop()
    if (process.env['KEEP_RIG'] === undefined) rmSync(this.home, { recursive: true, force: true })
  }
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return { code: 'NOT_JSON' }
  }
}

const stale = 'HTTP_STALE'

export function codeOf(body: unknown): string {
  const { code } = (body ?? {}) as { code?: string }
  return code ?? 'no code'
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
