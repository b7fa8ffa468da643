/**
 * An office to measure: the console in this process, so that its calls can be timed where
 * they are made; relay and connectors as processes of their own.
 *
 * @module
 */
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import { enrollConnector } from '@sallygate/connector'
import { consoleSettings, startConsole, type Console } from '@sallygate/console'
import { startProgram, until, type StartedProgram } from './processes.ts'

const apiKey = `sgk_${'B'.repeat(43)}`

export interface OfficeOptions {
  readonly connectors?: number
  readonly allowTargets: readonly string[]
  /** What stands between connectors and relay: gets the relay's port, gives the one to dial. */
  readonly between?: (relayPort: number) => Promise<number>
}

export class Office {
  readonly home = mkdtempSync(join(tmpdir(), 'sallygate-bench-'))
  readonly connectors: StartedProgram[] = []
  console!: Console
  relay!: StartedProgram
  group = ''

  static async open(options: OfficeOptions): Promise<Office> {
    const office = new Office()
    try {
      await office.#startConsole()
      const { groups } = await office.api<{ groups: { id: string }[] }>('GET', '/api/groups')
      office.group = groups[0]?.id ?? ''
      const port = await office.#startRelay()
      const dialed = (await options.between?.(port)) ?? port
      for (let at = 0; at < (options.connectors ?? 1); at++) await office.#join(`c${at}`, dialed, options.allowTargets)
      return office
    } catch (error) {
      await office.close()
      throw error
    }
  }

  /** @throws with what the console said. */
  async api<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await fetch(`${this.console.url}${path}`, {
      method,
      headers: {
        authorization: `Bearer ${apiKey}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    if (!answer.ok) throw new Error(`${method} ${path}: ${answer.status} ${text.slice(0, 500)}`)
    return JSON.parse(text || 'null') as T
  }

  async turnOnDirectory(settings: Readonly<Record<string, unknown>>): Promise<void> {
    await this.api('PUT', `/api/groups/${this.group}/services/directory`, { settings })
    const check = () =>
      this.call('directory.check', {}).then(
        () => true,
        () => false,
      )
    await until(check, 'the directory service')
  }

  async call(operation: string, parameters: unknown, deadlineMs = 10_000): Promise<unknown> {
    return (await this.console.caller.call(this.group, operation, parameters, { deadlineMs })).result
  }

  async close(): Promise<void> {
    for (const connector of this.connectors) await connector.stop()
    await this.relay?.stop()
    await this.console?.stop()
    rmSync(this.home, { recursive: true, force: true })
  }

  #folder(name: string): string {
    const path = join(this.home, name)
    mkdirSync(path, { recursive: true, mode: 0o700 })
    return path
  }

  async #startConsole(): Promise<void> {
    const home = this.#folder('console')
    writeFileSync(join(home, 'password'), 'correct horse battery\n', { mode: 0o600 })
    writeFileSync(join(home, 'key'), `${apiKey}\n`, { mode: 0o600 })
    const files = { firstAdminPasswordFile: join(home, 'password'), firstApiKeyFile: join(home, 'key') }
    const settings = consoleSettings.parse([{ name: 'bench', values: { home, port: 0, ...files } }])
    this.console = await startConsole(settings, { clock: systemClock, log: silentLog })
    const { pem } = await this.api<{ pem: string }>('GET', '/api/certificates/root')
    writeFileSync(join(this.home, 'root.pem'), pem)
  }

  async #startRelay(): Promise<number> {
    const home = this.#folder('relay')
    const names = { commonName: 'relay', dnsNames: ['localhost'], ipAddresses: ['127.0.0.1'] }
    const tls = await this.api<{ certificatePem: string; privateKeyPem: string }>(
      'POST',
      '/api/tls-certificates',
      names,
    )
    writeFileSync(join(home, 'tls.pem'), tls.certificatePem)
    writeFileSync(join(home, 'tls.key'), tls.privateKeyPem, { mode: 0o600 })
    writeFileSync(join(home, 'channel.json'), JSON.stringify(await this.api('GET', '/api/relay/secure-channel')))
    const status = join(home, 'status.json')
    const values = {
      address: '127.0.0.1',
      port: 0,
      tlsCertificateFile: join(home, 'tls.pem'),
      tlsKeyFile: join(home, 'tls.key'),
      secureChannelFile: join(home, 'channel.json'),
      admissionFile: join(home, 'admission.bin'),
      statusFile: status,
      logLevel: 'warn',
    }
    this.relay = await startProgram('relay', values, { settings: join(home, 'settings.json'), status })
    const port = Number(this.relay.facts['port'])
    const url = `https://127.0.0.1:${port}/awcm`
    await this.api('PUT', '/api/relay', { enabled: true, externalUrl: url, internalUrl: url })
    const isAttached = async () => (await this.api<{ state: string }>('GET', '/api/relay')).state === 'attached'
    await until(isAttached, 'the relay')
    return port
  }

  async #join(name: string, relayPort: number, allowTargets: readonly string[]): Promise<void> {
    const { code } = await this.api<{ code: string }>('POST', `/api/groups/${this.group}/enrollment-codes`, {})
    const home = join(this.home, name)
    const relayUrl = `https://127.0.0.1:${relayPort}/awcm`
    const relayCaFile = join(this.home, 'root.pem')
    await enrollConnector({
      home,
      with: { kind: 'code', code: new Secret(code) },
      relayUrl,
      relayCaFile,
      name,
      allowTargets,
    })
    const files = { settings: join(this.home, `${name}.json`), status: join(home, 'status.json') }
    const started = await startProgram('connector', { home, relayUrl, logLevel: 'warn' }, files)
    this.connectors.push(started)
    const isLive = async () =>
      (await this.api<{ state: string }>('GET', `/api/groups/${this.group}/connectors/${name}`)).state === 'live'
    await until(isLive, `connector ${name}`)
  }
}
