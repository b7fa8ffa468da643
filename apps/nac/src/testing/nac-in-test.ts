/**
 * A nac of its own on loopback with a simulated console, and a client that asks it. Imported only from tests.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { Agent, request } from 'node:https'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, type Clock } from '@sallygate/base/clock'
import { writeFileAtomic } from '@sallygate/base/file'
import { silentLog } from '@sallygate/base/log'
import type { NacRecord } from '@sallygate/domain'
import { makeTlsAuthority, type TlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { nacSettings, startNac, type Nac } from '../index.ts'
import { sampleAccount, sampleFacts, sampleGroups } from './sample-records.ts'
import { SimulatedConsole } from './simulated-console.ts'

export interface Asked {
  readonly method?: string
  readonly user?: string
  readonly password?: string
  readonly authorization?: string | undefined
  readonly body?: string | Buffer
  readonly headers?: Readonly<Record<string, string>>
  /** Over connections of its own, so that it does not wait behind the others of this client. */
  readonly agent?: Agent
}

export interface Told {
  readonly status: number
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly text: string
}

export class NacInTest {
  readonly home = mkdtempSync(join(tmpdir(), 'sallygate-nac-'))
  readonly console = new SimulatedConsole()
  readonly clock: Clock
  authority!: TlsAuthority
  #nac: Nac | undefined
  #port = 0
  readonly #more: Readonly<Record<string, unknown>>
  readonly #agent = new Agent({ keepAlive: true, maxSockets: 32 })

  /** @param more settings besides those it needs. */
  constructor(clock: Clock = systemClock, more: Readonly<Record<string, unknown>> = {}) {
    this.clock = clock
    this.#more = more
  }

  /** With the groups, the facts and an account `ise` / `right`, and whatever is given. */
  static async start(
    records: readonly NacRecord[] = [],
    clock: Clock = systemClock,
    more: Readonly<Record<string, unknown>> = {},
  ): Promise<NacInTest> {
    const one = new NacInTest(clock, more)
    const account = await sampleAccount()
    one.console.put(
      ...sampleGroups,
      { kind: 'settings', id: 'nac', value: sampleFacts },
      { kind: 'account', id: account.id, value: account },
      ...records,
    )
    one.authority = await makeTlsAuthority()
    one.console.writeFile(join(one.home, 'console.json'), (one.#port = await one.console.start()))
    const { key, cert } = await one.authority.issue(['localhost'])
    writeFileAtomic(join(one.home, 'tls.key'), key)
    writeFileAtomic(join(one.home, 'tls.pem'), cert)
    await one.startNac()
    await one.settled()
    return one
  }

  get url(): string {
    return this.#nac?.url ?? ''
  }

  get consolePort(): number {
    return this.#port
  }

  async startNac(): Promise<void> {
    const settings = nacSettings.parse([
      {
        name: 'test',
        values: {
          home: this.home,
          port: 0,
          tlsCertificateFile: join(this.home, 'tls.pem'),
          tlsPrivateKeyFile: join(this.home, 'tls.key'),
          consoleFile: join(this.home, 'console.json'),
          ...this.#more,
        },
      },
    ])
    this.#nac = await startNac(settings, { clock: this.clock, log: silentLog, mostLateMs: 60_000 })
  }

  async stopNac(): Promise<void> {
    await this.#nac?.stop()
    this.#nac = undefined
  }

  async stop(): Promise<void> {
    this.#agent.destroy()
    await this.stopNac()
    await this.console.stop()
    rmSync(this.home, { recursive: true, force: true })
  }

  /** Until nac has read what the console has. */
  async settled(): Promise<void> {
    await until(async () => (await this.ask('/health')).text.includes('"feed":"ok"'))
  }

  ask(path: string, asked: Asked = {}): Promise<Told> {
    const { method = 'GET', user = 'ise', password = 'right', body, headers = {} } = asked
    const authorization =
      'authorization' in asked
        ? asked.authorization
        : `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`
    return new Promise((resolve, reject) => {
      const sent = request(
        `${this.url}${path}`,
        {
          method,
          agent: asked.agent ?? this.#agent,
          ca: this.authority.certificate,
          servername: 'localhost',
          checkServerIdentity: () => undefined,
          headers: { ...(authorization === undefined ? {} : { authorization }), ...headers },
        },
        (response) => {
          const chunks: Buffer[] = []
          response.on('data', (chunk: Buffer) => chunks.push(chunk))
          response.on('end', () =>
            resolve({
              status: response.statusCode ?? 0,
              headers: response.headers,
              text: Buffer.concat(chunks).toString('utf8'),
            }),
          )
          response.on('error', reject)
        },
      )
      sent.on('error', reject)
      sent.end(body)
    })
  }
}

/** Waits for what has to come, for as long as a busy machine may need. */
export async function until(isSo: () => boolean | Promise<boolean>): Promise<void> {
  const untilMs = performance.now() + 15_000
  while (!(await isSo())) {
    if (performance.now() > untilMs) throw new Error('what was waited for did not come')
    await new Promise((resolve) => setTimeout(resolve, 10))
  }
}
