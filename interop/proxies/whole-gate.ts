/**
 * A whole connector behind a proxy: enrolled through it, attached through it, and asked for a person of a directory through the relay.
 *
 * The relay and the connector are the real ones; the console is reduced to its messages, and
 * the directory is the *simulated* sample office. What is under test is between them.
 *
 * @module
 */
import { spawn, type ChildProcessByStdio } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Readable, Writable } from 'node:stream'
import { silentLog } from '@sallygate/base/log'
import { checkConnector, policyTemplate, readConnectorStatus, readHostSettings } from '@sallygate/connector'
import { baseDn, reader, sampleOfficeSettings, startSampleOffice, type SampleOffice } from '@sallygate/sample-office'
import { directoryService } from '@sallygate/service-directory/agent'
import { certificatePem } from '@sallygate/trust'
import { GateOfOne } from '../../apps/connector/src/testing/gate-of-one.ts'

const cli = join(import.meta.dirname, '../../apps/cli/bin/sallygate.cjs')
const connectorProgram = join(import.meta.dirname, '../../apps/connector/src/main.ts')

type Environment = Readonly<Record<string, string>>
type Values = Readonly<Record<string, unknown>>

export class WholeGate {
  readonly folder = mkdtempSync(join(tmpdir(), 'sallygate-proxies-'))
  readonly gate: GateOfOne
  readonly office: SampleOffice

  private constructor(gate: GateOfOne, office: SampleOffice) {
    this.gate = gate
    this.office = office
  }

  static async open(): Promise<WholeGate> {
    const gate = await GateOfOne.empty()
    const { authority, directory } = gate.console
    const { certificate, privateKey } = await authority.tls()
    const values = {
      home: directory,
      tlsCertificateFile: join(directory, 'office.pem'),
      tlsPrivateKeyFile: join(directory, 'office.key'),
    }
    writeFileSync(values.tlsCertificateFile, certificatePem(certificate))
    writeFileSync(values.tlsPrivateKeyFile, privateKey.export({ format: 'pem', type: 'pkcs8' }), { mode: 0o600 })
    const settings = sampleOfficeSettings.parse([{ name: 'test', values }])
    const office = await startSampleOffice(settings, { log: silentLog, since: new Date() })
    gate.writePolicy(policyTemplate([`127.0.0.1:${office.port}`]))
    return new WholeGate(gate, office)
  }

  /** PEM of what the relay's certificate chains to. */
  get relayAuthority(): string {
    return certificatePem(this.gate.console.authority.root.certificate)
  }

  get relayPort(): number {
    return this.gate.console.relay.port
  }

  /** A name, for the proxy to resolve; squid makes no certificate for an address that a client accepts. */
  get relayUrl(): string {
    return `wss://localhost:${this.relayPort}/awcm`
  }

  file(name: string, content: string): string {
    const path = join(this.folder, name)
    writeFileSync(path, content, { mode: 0o600 })
    return path
  }

  /** The settings for a login, in a file of its own. */
  login(user: string, password: string): Values {
    return { proxyCredentialsFile: this.file('credentials', `${user}\n${password}\n`) }
  }

  /** Enrolls, starts, configures and looks somebody up. @returns the name that was found, and how the connector went out. */
  async lookUp(values: Values): Promise<{ readonly found: string; readonly wayOut: string | undefined }> {
    const { gate } = this
    this.#writeSettings(values)
    await gate.enroll({ proxy: readHostSettings(gate.home), relayUrl: this.relayUrl, replace: true })
    const connector = await gate.start(values, { services: [directoryService] })
    await this.#configure()
    const found = await this.#search()
    const { wayOut } = connector.facts()
    const failed = (await checkConnector(gate.home)).filter(({ result }) => result === 'failed')
    if (failed.length > 0) throw new Error(`the check fails: ${JSON.stringify(failed)}`)
    await gate.stopConnectors()
    return { found, wayOut }
  }

  /** What an enrollment that cannot get out ends with. */
  async failure(values: Values, relayUrl: string = this.relayUrl): Promise<unknown> {
    const { gate } = this
    this.#writeSettings(values)
    try {
      await gate.enroll({ proxy: readHostSettings(gate.home), relayUrl, replace: true })
    } catch (error) {
      return error
    }
    throw new Error('it got out')
  }

  /** The same with the programs as processes, for what depends on their environment. */
  async lookUpAsProcess(values: Values, environment: Environment): ReturnType<WholeGate['lookUp']> {
    const { gate } = this
    const enrolled = await this.enrollAsProcess(values, environment)
    if (enrolled.code !== 0) throw new Error(enrolled.text)
    const child = start([connectorProgram, '--settings', join(gate.home, 'settings.json')], environment)
    try {
      const end = Date.now() + 15_000
      for (;;) {
        if (existsSync(join(gate.home, 'status.json')) && readConnectorStatus(gate.home).facts.isLive) break
        if (Date.now() > end || child.exitCode !== null) throw new Error('the connector did not come up')
        await new Promise((resolve) => setTimeout(resolve, 50))
      }
      await this.#configure()
      return { found: await this.#search(), wayOut: readConnectorStatus(gate.home).facts.wayOut }
    } finally {
      child.kill('SIGKILL')
      if (child.exitCode === null && child.signalCode === null) await once(child, 'exit')
      rmSync(join(gate.home, 'connector.lock'), { force: true })
    }
  }

  async enrollAsProcess(
    values: Values,
    environment: Environment,
  ): Promise<{ readonly code: number; readonly text: string }> {
    const { gate } = this
    this.#writeSettings(values)
    rmSync(join(gate.home, 'status.json'), { force: true })
    const code = this.file('code', gate.console.newCode())
    const words = [
      'connector',
      'enroll',
      '--home',
      gate.home,
      '--replace',
      '--relay',
      this.relayUrl,
      '--relay-ca',
      gate.console.caFile,
    ]
    const child = start([cli, ...words, '--code-file', code, '--json'], environment)
    let text = ''
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk: Buffer) => (text += chunk.toString('utf8')))
    const [ended] = (await once(child, 'close')) as [number]
    return { code: ended, text }
  }

  async close(): Promise<void> {
    await this.office.stop()
    await this.gate[Symbol.asyncDispose]()
    rmSync(this.folder, { recursive: true, force: true })
  }

  #writeSettings(values: Values): void {
    const { gate } = this
    const content = { home: gate.home, relayCaFile: gate.console.caFile, ...values }
    writeFileSync(join(gate.home, 'settings.json'), JSON.stringify(content))
  }

  async #configure(): Promise<void> {
    const settings = {
      type: 'generic',
      servers: [{ host: '127.0.0.1', port: this.office.port }],
      encryption: 'ldaps',
      trust: this.relayAuthority,
      bindDn: reader.dn,
      bindPassword: reader.password,
      baseDn,
    }
    const parameters = { service: 'directory', settings, generation: 1 }
    const { outcome } = await this.#call('instance.configure', parameters, { class: 'S', generation: 1 })
    if (outcome !== 'done') throw new Error('the directory was not configured')
  }

  async #search(): Promise<string> {
    const answer = await this.#call('directory.search', {
      kind: 'users',
      match: { field: 'login', startsWith: 'ada' },
      limit: 5,
    })
    return JSON.stringify(answer)
  }

  /** Of the connector that was enrolled last. */
  #call(operation: string, parameters: unknown, options: { class?: 'S'; generation?: number } = {}) {
    const instance = [...this.gate.console.members.keys()].at(-1)
    if (instance === undefined) throw new Error('nobody is enrolled')
    return this.gate.call(operation, parameters, { instance, withinMs: 9000, ...options })
  }
}

function start(args: readonly string[], environment: Environment): ChildProcessByStdio<Writable, Readable, Readable> {
  return spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'pipe'], env: { ...process.env, ...environment } })
}
