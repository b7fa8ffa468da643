/**
 * Console, relay, connector and a directory, all real, in one process on loopback. Imported only from tests.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import { connectorSettings, enrollConnector, startConnector, type Connector } from '@sallygate/connector'
import { startLdapServer } from '@sallygate/protocol-ldap'
import { relaySettings, startRelay, type Relay } from '@sallygate/relay'
import { baseDn, decideBind, reader, sampleTree } from '@sallygate/sample-office'
import { consoleSettings, startConsole, type Console } from '../index.ts'

const apiKey = `sgk_${'O'.repeat(43)}`

export interface OfficeAnswer {
  readonly status: number
  // What is read from it is what the tests are about.
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: any
}

export class WholeOffice {
  readonly home = mkdtempSync(join(tmpdir(), 'sallygate-office-'))
  readonly #stops: (() => Promise<unknown>)[] = []
  console!: Console
  relay!: Relay
  connector!: Connector
  group = ''
  ldapPort = 0
  /** What is in the directory; it may change while it is served. */
  readonly tree = sampleTree()
  /** Who may bind at the directory. */
  authenticate = decideBind

  /** Literal targets of its connectors' policies, besides the directory: `syslog=127.0.0.1:6514`. */
  #allowTargets: readonly string[] = []

  static async open(allowTargets: readonly string[] = []): Promise<WholeOffice> {
    const office = new WholeOffice()
    office.#allowTargets = allowTargets
    await office.#startConsole()
    office.group = (await office.call('GET', '/api/groups')).body.groups[0].id
    await office.#startRelay()
    await office.#startDirectory()
    await office.join('one')
    await office.turnOn()
    return office
  }

  async call(method: string, path: string, body?: unknown): Promise<OfficeAnswer> {
    const answer = await fetch(`${this.console.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    return { status: answer.status, body: JSON.parse((await answer.text()) || 'null') }
  }

  /** Below the group. */
  inGroup(method: string, path: string, body?: unknown): Promise<OfficeAnswer> {
    return this.call(method, `/api/groups/${this.group}/${path}`, body)
  }

  turnOn(change: Record<string, unknown> = {}): Promise<OfficeAnswer> {
    const settings = {
      type: 'generic',
      servers: [{ host: '127.0.0.1', port: this.ldapPort }],
      trust: this.#rootPem(),
      baseDn,
      bindDn: reader.dn,
      bindPassword: reader.password,
      ...change,
    }
    return this.inGroup('PUT', 'services/directory', { settings })
  }

  async until(isTrue: () => Promise<boolean>, withinMs = 8000): Promise<void> {
    const end = Date.now() + withinMs
    while (!(await isTrue())) {
      if (Date.now() > end) throw new Error('waited too long')
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
  }

  async connectorState(name = 'one'): Promise<string> {
    return (await this.inGroup('GET', `connectors/${name}`)).body.state
  }

  async close(): Promise<void> {
    for (const stop of this.#stops.toReversed()) await stop()
    rmSync(this.home, { recursive: true, force: true })
  }

  #folder(name: string): string {
    const path = join(this.home, name)
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return path
  }

  #rootPem(): string {
    return readFileSync(join(this.home, 'root.pem'), 'utf8')
  }

  async #startConsole(): Promise<void> {
    const home = this.#folder('console')
    writeFileSync(join(home, 'password'), 'correct horse battery\n', { mode: 0o600 })
    writeFileSync(join(home, 'key'), `${apiKey}\n`, { mode: 0o600 })
    const files = { firstAdminPasswordFile: join(home, 'password'), firstApiKeyFile: join(home, 'key') }
    const settings = consoleSettings.parse([{ name: 'test', values: { home, port: 0, ...files } }])
    const dialTuning = { backOffBaseMs: 50, backOffCapMs: 200 }
    this.console = await startConsole(settings, { clock: systemClock, log: silentLog, dialTuning })
    this.#stops.push(() => this.console.stop())
    writeFileSync(join(this.home, 'root.pem'), (await this.call('GET', '/api/certificates/root')).body.pem)
  }

  async #tlsFiles(name: string): Promise<{ readonly cert: string; readonly key: string }> {
    const { body } = await this.call('POST', '/api/tls-certificates', {
      commonName: name,
      dnsNames: ['localhost'],
      ipAddresses: ['127.0.0.1'],
    })
    return { cert: body.certificatePem, key: body.privateKeyPem }
  }

  async #startRelay(): Promise<void> {
    const home = this.#folder('relay')
    const { cert, key } = await this.#tlsFiles('relay')
    writeFileSync(join(home, 'tls.pem'), cert)
    writeFileSync(join(home, 'tls.key'), key, { mode: 0o600 })
    const channel = (await this.call('GET', '/api/relay/secure-channel')).body
    writeFileSync(join(home, 'secure-channel.json'), JSON.stringify(channel))
    const values = {
      address: '127.0.0.1',
      port: 0,
      tlsCertificateFile: join(home, 'tls.pem'),
      tlsKeyFile: join(home, 'tls.key'),
      secureChannelFile: join(home, 'secure-channel.json'),
      admissionFile: join(home, 'admission.bin'),
      drainMs: '50ms',
    }
    const settings = relaySettings.parse([{ name: 'test', values }])
    this.relay = await startRelay({ settings, clock: systemClock, log: silentLog })
    this.#stops.push(() => this.relay.stop())
    const url = `https://127.0.0.1:${this.relay.port}/awcm`
    await this.call('PUT', '/api/relay', { enabled: true, externalUrl: url, internalUrl: url })
    await this.until(async () => (await this.call('GET', '/api/relay')).body.state === 'attached')
  }

  async #startDirectory(): Promise<void> {
    const server = await startLdapServer(
      {
        tree: this.tree,
        authenticate: (...asked) => this.authenticate(...asked),
        tls: await this.#tlsFiles('directory'),
        requireTls: true,
      },
      { host: '127.0.0.1', ldaps: 0 },
    )
    this.#stops.push(() => server.stop())
    this.ldapPort = server.ldapsPort ?? 0
  }

  /** One more connector, as `connector` from then on. */
  async join(name: string): Promise<void> {
    const { code } = (await this.inGroup('POST', 'enrollment-codes', {})).body
    const home = join(this.home, name)
    await enrollConnector({
      home,
      with: { kind: 'code', code: new Secret(code) },
      relayUrl: `https://127.0.0.1:${this.relay.port}/awcm`,
      relayCaFile: join(this.home, 'root.pem'),
      name,
      allowTargets: [`127.0.0.1:${this.ldapPort}`, '127.0.0.1:9', ...this.#allowTargets],
    })
    const settings = connectorSettings.parse([{ name: 'test', values: { home, drainWithin: '100ms' } }])
    this.connector = await startConnector(settings, { log: silentLog })
    this.#stops.push(() => this.connector.stop())
    await this.connector.live(AbortSignal.timeout(8000))
    await this.until(async () => (await this.connectorState(name)) === 'live')
  }
}
