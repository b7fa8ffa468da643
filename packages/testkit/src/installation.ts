/**
 * A whole Sallygate of processes, for things to be done to: console, relay and connectors as
 * they ship. What stands behind them is the caller's.
 *
 * Every connector dials through a line of its own that can be bad to it, and where the kernel
 * allows it in a network of its own.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { Agent, request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@sallygate/base/secret'
import { enrollConnector } from '@sallygate/connector'
import { freePort } from './free-port.ts'
import { startLagProxy, type LagProxy } from './lag-proxy.ts'
import type { Network } from './network.ts'
import { PartProcess, type PartProcessOptions } from './part-process.ts'

const root = join(import.meta.dirname, '../../..')
const program = (part: string) => join(root, 'apps', part, 'src/main.ts')
const apiKey = `sgk_${'C'.repeat(43)}`

export interface InstallationOptions {
  /** Connectors that live in a network of their own. */
  readonly networks?: Readonly<Record<string, Network>>
  /** Settings besides those they need. */
  readonly console?: Readonly<Record<string, unknown>>
  readonly relay?: Readonly<Record<string, unknown>>
  readonly connector?: Readonly<Record<string, unknown>>
  /** How a connector's process is started: memory, files, environment. */
  readonly process?: Partial<PartProcessOptions>
  readonly consoleProcess?: Partial<PartProcessOptions>
  /** The name that connectors in networks of their own know the relay by. */
  readonly relayName?: string
  /** What is done to the console's folder before anything is in it: a disk of its own. */
  readonly prepareConsole?: (home: string) => void
}

export interface Answer {
  readonly status: number
  // What is read from it is what the scenarios are about.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

export class Installation {
  readonly home = mkdtempSync(join(tmpdir(), 'sallygate-whole-'))
  readonly options: InstallationOptions
  readonly connectors = new Map<string, PartProcess>()
  /** The way of each to the relay. */
  readonly lines = new Map<string, LagProxy>()
  console!: PartProcess
  relay!: PartProcess
  group = ''
  relayPort = 0
  consolePort = 0
  #agent = newAgent()

  constructor(options: InstallationOptions = {}) {
    this.options = options
  }

  /** With a relay, and no connector yet. */
  static async open(options: InstallationOptions = {}): Promise<Installation> {
    const installation = new Installation(options)
    try {
      await installation.startOutside()
      return installation
    } catch (error) {
      await installation.close()
      throw error
    }
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

  async startOutside(): Promise<void> {
    await this.#startConsole()
    await this.#startRelay(Object.values(this.options.networks ?? {}).map(({ outside }) => outside))
  }

  async #startConsole(): Promise<void> {
    const home = join(this.home, 'console')
    mkdirSync(home, { mode: 0o700 })
    this.options.prepareConsole?.(home)
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
        ...this.options.console,
        firstAdminPasswordFile: join(home, 'password'),
        firstApiKeyFile: join(home, 'key'),
      },
      ...this.options.consoleProcess,
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

  /** Enrolls and starts one more connector, which may reach these and nothing else. */
  async join(name: string, allowTargets: readonly string[], more: Partial<PartProcessOptions> = {}): Promise<void> {
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
      allowTargets,
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
        resolve(isStale ? { status: 0, body: { code: staleConnection } } : failed(error))
      })
      sent.end(text)
    })
  }

  /** Our own connections to the console are none of its making. */
  disconnect(): void {
    this.#agent.destroy()
    this.#agent = newAgent()
  }

  async listed(name: string): Promise<{ id: string; state: string; health: string; inFlight: number } | undefined> {
    const { body } = await this.api('GET', `/api/groups/${this.group}/connectors`)
    return body.connectors?.find((one: { name: string }) => one.name === name)
  }

  untilLive(name: string, withinMs = 60_000): Promise<number> {
    return this.until(async () => (await this.listed(name))?.state === 'live', withinMs, `${name} is live`)
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

  async close(): Promise<void> {
    this.disconnect()
    for (const part of this.connectors.values()) await part.stop()
    await this.relay?.stop()
    await this.console?.stop()
    for (const line of this.lines.values()) await line.stop()
    if (process.env['KEEP_HOMES'] === undefined) rmSync(this.home, { recursive: true, force: true })
  }
}

function newAgent(): Agent {
  return new Agent({ keepAlive: true, maxSockets: 2000 })
}

function parsed(text: string): unknown {
  try {
    return text === '' ? undefined : JSON.parse(text)
  } catch {
    return { code: 'NOT_JSON' }
  }
}

/** What `api` says of a request that was not even read. */
export const staleConnection = 'HTTP_STALE'

export function codeOf(body: unknown): string {
  const { code } = (body ?? {}) as { code?: string }
  return code ?? 'no code'
}

export const pause = (ms: number) => new Promise<void>((resolve) => setTimeout(resolve, ms))
