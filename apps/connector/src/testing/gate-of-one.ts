/**
 * One connector, enrolled at a console stub over a real relay, for tests.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, type Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { silentLog } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import { startConnector, type Connector, type ConnectorOptions } from '../connector.ts'
import { enrollConnector, type EnrollOptions } from '../enroll.ts'
import type { ConnectorFacts } from '../status.ts'
import { connectorSettings, type ConnectorSettings } from '../settings.ts'
import { ConsoleStub, type CallAnswer, type CallOptions } from './console-stub.ts'
import { samplePolicy, sampleService } from './sample-service.ts'

export class GateOfOne implements AsyncDisposable {
  readonly home = mkdtempSync(join(tmpdir(), 'sallygate-connector-'))
  readonly console: ConsoleStub
  readonly sample = sampleService()
  #running: Connector[] = []
  #generation = 0

  private constructor(console: ConsoleStub) {
    this.console = console
  }

  /** A console and a relay; nothing enrolled. */
  static async empty(clock: Clock = systemClock): Promise<GateOfOne> {
    return new GateOfOne(await ConsoleStub.start(clock))
  }

  static async enrolled(policy: string = samplePolicy()): Promise<GateOfOne> {
    const gate = await GateOfOne.empty()
    gate.writePolicy(policy)
    await gate.enroll()
    return gate
  }

  /** Enrolled, live, and the sample service configured. */
  static async live(policy: string = samplePolicy(), options: ConnectorOptions = {}): Promise<GateOfOne> {
    const gate = await GateOfOne.enrolled(policy)
    await gate.start({}, options)
    await gate.configure({ greeting: 'hello' })
    return gate
  }

  enroll(change: Partial<EnrollOptions> = {}) {
    return enrollConnector({
      home: this.home,
      with: { kind: 'code', code: new Secret(this.console.newCode()) },
      relayUrl: this.console.relayUrl,
      relayCaFile: this.console.caFile,
      name: 'test host',
      ...change,
    })
  }

  settings(change: Partial<Record<keyof ConnectorSettings, unknown>> = {}): ConnectorSettings {
    const values = {
      home: this.home,
      relayCaFile: this.console.caFile,
      policyPollEvery: '20ms',
      drainWithin: '300ms',
      ...change,
    }
    return connectorSettings.parse([{ name: 'test', values }])
  }

  async start(
    change: Partial<Record<keyof ConnectorSettings, unknown>> = {},
    options: ConnectorOptions = {},
  ): Promise<Connector> {
    const connector = await this.launch(change, options)
    await connector.live(AbortSignal.timeout(8000))
    return connector
  }

  /** Started, whether or not it becomes live. */
  async launch(
    change: Partial<Record<keyof ConnectorSettings, unknown>> = {},
    options: ConnectorOptions = {},
  ): Promise<Connector> {
    const log: Log = silentLog
    const connector = await startConnector(this.settings(change), { log, services: [this.sample.service], ...options })
    this.#running.push(connector)
    return connector
  }

  configure(settings: unknown, generation = ++this.#generation): Promise<CallAnswer> {
    return this.call('instance.configure', { service: 'sample', settings, generation }, { class: 'S', generation })
  }

  call(operation: string, params: unknown = {}, options: CallOptions = {}): Promise<CallAnswer> {
    return this.console.call(operation, params, options)
  }

  /** Of the connector that was started last. */
  facts(): ConnectorFacts {
    const connector = this.#running.at(-1)
    if (connector === undefined) throw new Error('none is running')
    return connector.facts()
  }

  writePolicy(text: string): void {
    writeFileSync(join(this.home, 'policy.toml'), text, { mode: 0o644 })
  }

  async stopConnectors(): Promise<void> {
    await Promise.all(this.#running.splice(0).map((connector) => connector.stop()))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stopConnectors()
    await this.console.stop()
    rmSync(this.home, { recursive: true, force: true })
  }
}
