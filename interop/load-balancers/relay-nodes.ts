/**
 * One relay of two nodes, each the process it is in life, and everything they read.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { request } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { encodeSecureChannel, randomId } from '@sallygate/hop'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { freePort } from '../directory/peer-process.ts'
import { keyed } from '../../packages/dial/src/testing/peers.ts'

const program = join(import.meta.dirname, '../../apps/relay/src/main.ts')
const token = 'interop-token-0123456789'

export interface NodePorts {
  readonly port: number
  readonly internalPort: number
  readonly busPort: number
}

export class RelayNodes implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'sallygate-lb-'))
  readonly relay = randomId()
  readonly consoleKeys = keyed()
  authority = ''
  nodes: readonly NodePorts[] = []
  readonly #children = new Map<number, ChildProcess>()

  static async start(): Promise<RelayNodes> {
    const nodes = new RelayNodes()
    await nodes.#prepare()
    await Promise.all([nodes.startNode(0), nodes.startNode(1)])
    await until(
      async () => (await nodes.statistics(0))['busNodes'] === 1 && (await nodes.statistics(1))['busNodes'] === 1,
    )
    return nodes
  }

  file(name: string): string {
    return join(this.directory, name)
  }

  async startNode(index: number): Promise<void> {
    const ports = this.nodes[index]
    if (ports === undefined) throw new Error(`no node ${index}`)
    const status = this.file(`status-${index}.json`)
    rmSync(status, { force: true })
    const values = {
      address: '127.0.0.1',
      ...ports,
      busPeers: this.nodes.map(({ busPort }) => `127.0.0.1:${busPort}`).join(', '),
      busKeyFile: this.file('bus.key'),
      tlsCertificateFile: this.file('tls.pem'),
      tlsKeyFile: this.file('tls.key'),
      secureChannelFile: this.file('channel.json'),
      admissionFile: this.file(`admission-${index}.bin`),
      tokenFile: this.file('token'),
      statusFile: status,
      // Behind a load balancer every stranger has its address.
      maxUnprovenPerAddress: 1024,
      drainMs: '3s',
      logLevel: 'warn',
    }
    writeFileSync(this.file(`settings-${index}.json`), JSON.stringify(values))
    const child = spawn(process.execPath, [program, '--settings', this.file(`settings-${index}.json`)], {
      stdio: ['pipe', 'ignore', 'ignore'],
    })
    this.#children.set(index, child)
    await until(() => existsSync(status) || child.exitCode !== null)
    if (child.exitCode !== null) throw new Error(`node ${index} ended with ${child.exitCode}`)
  }

  async end(index: number, signal: 'SIGKILL' | 'SIGTERM'): Promise<void> {
    const child = this.#children.get(index)
    if (child === undefined || child.exitCode !== null || child.signalCode !== null) return
    const ended = new Promise((resolve) => child.once('exit', resolve))
    child.kill(signal)
    await ended
  }

  /** Asked of the node itself, past the load balancer. */
  statistics(index: number): Promise<Readonly<Record<string, unknown>>> {
    const port = this.nodes[index]?.internalPort ?? 0
    const headers = { authorization: `Bearer ${token}` }
    return new Promise((resolve, reject) => {
      request({ host: '127.0.0.1', port, path: '/statistics', headers, agent: false }, (response) => {
        let body = ''
        response.on('data', (part: Buffer) => (body += part.toString()))
        response.on('end', () => resolve(JSON.parse(body) as Record<string, unknown>))
      })
        .on('error', reject)
        .end()
    })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all([...this.#children.keys()].map((index) => this.end(index, 'SIGKILL')))
    rmSync(this.directory, { recursive: true, force: true })
  }

  async #prepare(): Promise<void> {
    const authority = await makeTlsAuthority()
    this.authority = authority.certificate
    const { key, cert } = await authority.issue(['localhost'], new Date(), ['127.0.0.1'])
    const write = (name: string, content: string | Uint8Array) =>
      writeFileSync(this.file(name), content, { mode: 0o600 })
    write('tls.pem', cert)
    write('tls.key', key)
    write('both.pem', `${cert}${key}`)
    write('token', `${token}\n`)
    write('bus.key', Buffer.alloc(32, 3))
    write('channel.json', encodeSecureChannel({ relay: this.relay, consoles: [this.consoleKeys.publicKey] }))
    const ports = async () => ({ port: await freePort(), internalPort: await freePort(), busPort: await freePort() })
    this.nodes = [await ports(), await ports()]
  }
}

/** A busy machine is slow; what takes longer than this has failed. */
export async function until(holds: () => boolean | Promise<boolean>, withinMs = 20_000): Promise<void> {
  for (const untilMs = performance.now() + withinMs; performance.now() < untilMs;) {
    if (await Promise.resolve(holds()).catch(() => false)) return
    await new Promise((resolve) => setTimeout(resolve, 20))
  }
  throw new Error('it did not come to that in time')
}

export function textOf(file: string): string {
  return readFileSync(join(import.meta.dirname, file), 'utf8')
}
