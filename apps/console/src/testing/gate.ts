/**
 * A console with a real relay and real connectors, in one process, over TLS on loopback.
 * Imported only from tests.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { createLog, silentLog } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import { connectorSettings, enrollConnector, startConnector, type Connector } from '@sallygate/connector'
import { relaySettings, startRelay, type Relay } from '@sallygate/relay'
import { directoryContract, directoryFailure } from '@sallygate/service-directory/contract'
import { defineService, type AnyService } from '@sallygate/service-kit'
import { startLagProxy, type LagProxy } from '@sallygate/testkit/lag-proxy'
import { consoleSettings, startConsole, type Console } from '../index.ts'

const apiKey = `sgk_${'A'.repeat(43)}`
const debugLog = process.env['DEBUG_GATE'] === undefined ? silentLog : createLog({ part: 'test', level: 'debug' })
const quick = { backOffBaseMs: 50, backOffCapMs: 200 }

export interface Answer {
  readonly status: number
  // What is read from it is what the tests are about.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

/** The directory here refuses settings that hold it. */
export const unreadableFilter = '(mail=*'
const notHere = () => Promise.reject(new Error('not part of this test'))

export class Gate {
  readonly home = mkdtempSync(join(tmpdir(), 'sallygate-gate-'))
  readonly #cleanups: (() => Promise<unknown> | void)[] = []
  console!: Console
  relay!: Relay
  relayPort = 0
  network: LagProxy | undefined
  group = ''
  consoleValues: Readonly<Record<string, unknown>> = {}
  /** Settings of the connectors that are started from now on. */
  /** Why the directory refuses a password that is not `right`. */
  refusal: { readonly reason?: 'wrongPassword' | 'passwordExpired' | 'lockedOut'; readonly says?: string } = {}
  connectorValues: Readonly<Record<string, unknown>> = {}
  /** Names of the connectors that answered, in order. */
  readonly answered: string[] = []
  /** What a look-up does at a connector. */
  behavior: (connector: string) => Promise<void> = () => Promise.resolve()

  /** @param consoleValues Settings of the console besides those it needs. */
  static async open(consoleValues: Readonly<Record<string, unknown>> = {}): Promise<Gate> {
    const gate = new Gate()
    gate.consoleValues = consoleValues
    await gate.startConsole()
    const { body } = await gate.call('GET', '/api/groups')
    gate.group = body.groups[0].id
    await gate.prepareRelay()
    await gate.startRelay()
    const url = gate.relayUrl
    await gate.call('PUT', '/api/relay', { enabled: true, externalUrl: url, internalUrl: url })
    await gate.until(async () => (await gate.call('GET', '/api/relay')).body.state === 'attached')
    return gate
  }

  get relayUrl(): string {
    return `https://127.0.0.1:${this.network?.port ?? 0}/awcm`
  }

  async startConsole(): Promise<void> {
    const path = join(this.home, 'console')
    mkdirSync(path, { recursive: true, mode: 0o700 })
    writeFileSync(join(path, 'password'), 'correct horse battery\n', { mode: 0o600 })
    writeFileSync(join(path, 'key'), `${apiKey}\n`, { mode: 0o600 })
    const values = {
      home: path,
      port: 0,
      firstAdminPasswordFile: join(path, 'password'),
      firstApiKeyFile: join(path, 'key'),
      ...this.consoleValues,
    }
    const settings = consoleSettings.parse([{ name: 'test', values }])
    this.console = await startConsole(settings, { clock: systemClock, log: debugLog, dialTuning: quick })
    this.#cleanups.push(() => this.console.stop())
  }

  async prepareRelay(): Promise<void> {
    const path = join(this.home, 'relay')
    mkdirSync(path, { recursive: true, mode: 0o700 })
    const { body } = await this.call('POST', '/api/tls-certificates', {
      commonName: 'relay',
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1'],
    })
    writeFileSync(join(path, 'tls.pem'), body.certificatePem)
    writeFileSync(join(path, 'tls.key'), body.privateKeyPem, { mode: 0o600 })
    const channel = await this.call('GET', '/api/relay/secure-channel')
    writeFileSync(join(path, 'secure-channel.json'), `${JSON.stringify(channel.body)}\n`)
    const root = await this.call('GET', '/api/certificates/root')
    writeFileSync(join(this.home, 'root.pem'), root.body.pem)
  }

  async startRelay(): Promise<void> {
    const path = join(this.home, 'relay')
    const values = {
      address: '127.0.0.1',
      port: this.relayPort,
      tlsCertificateFile: join(path, 'tls.pem'),
      tlsKeyFile: join(path, 'tls.key'),
      secureChannelFile: join(path, 'secure-channel.json'),
      admissionFile: join(path, 'admission.bin'),
      drainMs: '50ms',
    }
    this.relay = await startRelay({
      settings: relaySettings.parse([{ name: 'test', values }]),
      clock: systemClock,
      log: silentLog,
    })
    this.relayPort = this.relay.port
    this.#cleanups.push(() => this.relay.stop())
    if (this.network !== undefined) return
    this.network = await startLagProxy({ port: this.relayPort })
    this.#cleanups.push(() => this.network?.stop())
  }

  /** As when its machine loses power: nobody is told. */
  async loseRelay(): Promise<void> {
    if (this.network === undefined) throw new Error('not open')
    this.network.ways = { cutAfterBytes: 0 }
    this.network.reset()
    await this.relay.stop()
  }

  async bringBackRelay(): Promise<void> {
    await this.startRelay()
    if (this.network !== undefined) this.network.ways = {}
  }

  async call(method: string, path: string, body?: unknown): Promise<Answer> {
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

  async code(body: Record<string, unknown> = {}): Promise<string> {
    return (await this.call('POST', `/api/groups/${this.group}/enrollment-codes`, body)).body.code
  }

  enroll(name: string, code: string): Promise<unknown> {
    return enrollConnector({
      home: join(this.home, name),
      with: { kind: 'code', code: new Secret(code) },
      relayUrl: this.relayUrl,
      relayCaFile: join(this.home, 'root.pem'),
      name,
    })
  }

  /** @param services What it can do; without any, a directory that answers at once. */
  async start(name: string, services: readonly AnyService[] = [this.#directory(name)]): Promise<Connector> {
    const values = { home: join(this.home, name), ...this.connectorValues }
    const settings = connectorSettings.parse([{ name: 'test', values }])
    const connector = await startConnector(settings, { services, log: debugLog })
    this.#cleanups.push(() => connector.stop())
    await connector.live(AbortSignal.timeout(8000))
    return connector
  }

  async join(name: string): Promise<Connector> {
    await this.enroll(name, await this.code())
    const connector = await this.start(name)
    await this.untilState(name, 'live')
    return connector
  }

  async untilState(name: string, state: string, withinMs?: number): Promise<void> {
    await this.until(async () => (await this.connector(name))?.state === state, withinMs)
  }

  async connector(
    name: string,
  ): Promise<{ readonly id: string; readonly state: string; readonly cloneAlarm: boolean } | undefined> {
    const { body } = await this.call('GET', `/api/groups/${this.group}/connectors`)
    return body.connectors.find((one: { name: string }) => one.name === name)
  }

  turnOn(change: Record<string, unknown> = {}): Promise<Answer> {
    const settings = {
      type: 'generic',
      servers: [{ host: 'ldap.test', port: 636 }],
      baseDn: 'dc=test',
      bindDn: 'cn=x',
      bindPassword: 'planted-7712',
      ...change,
    }
    return this.call('PUT', `/api/groups/${this.group}/services/directory`, { settings })
  }

  search(more: Record<string, unknown> = {}): Promise<Answer> {
    return this.call('POST', `/api/groups/${this.group}/call`, {
      operation: 'directory.search',
      parameters: { kind: 'users' },
      ...more,
    })
  }

  async until(isTrue: () => Promise<boolean> | boolean, withinMs = 8000): Promise<void> {
    const end = Date.now() + withinMs
    while (!(await isTrue())) {
      if (Date.now() > end) throw new Error('waited too long')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async close(): Promise<void> {
    for (const cleanup of this.#cleanups.toReversed()) await cleanup()
    rmSync(this.home, { recursive: true, force: true })
  }

  #directory(name: string): AnyService {
    return defineService(directoryContract, async (settings) => {
      // As the real one does with a filter it cannot read.
      if (settings.userFilter === unreadableFilter)
        throw directoryFailure('SETTING_INVALID', { details: { field: 'userFilter' } })
      return {
        operations: {
          check: () =>
            Promise.resolve({
              rows: [
                {
                  target: `bind as ${settings.bindDn ?? ''}`,
                  result: 'ok' as const,
                  says: 'fine',
                  fix: '',
                  durationMs: 1,
                },
              ],
            }),
          authenticate: async ({ password }) => {
            await this.behavior(name)
            this.answered.push(name)
            return password === 'right'
              ? { outcome: 'accepted' as const, says: 'Welcome.', server: 'ldap.test:636' }
              : { outcome: 'refused' as const, says: 'No.', server: 'ldap.test:636', ...this.refusal }
          },
          search: async (_params, { trace }) => {
            await trace.span('search', () => this.behavior(name))
            this.answered.push(name)
            return { entries: [], more: false, partial: false, referralsNotFollowed: 0, server: 'ldap.test:636' }
          },
          bases: notHere,
          preview: notHere,
          servers: notHere,
          status: notHere,
          syncStart: notHere,
          syncPage: notHere,
        },
        health: () => ({ kind: 'healthy' as const }),
        stop: () => Promise.resolve(),
      }
    })
  }
}
