/**
 * A real collector on loopback, and what it wrote down: one JSON a message, in fields that it parsed itself.
 *
 * @module
 */
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { freePort } from '@sallygate/testkit/free-port'
import { startPeer, type RunningPeer } from '../directory/peer-process.ts'
import { makeCertificates, type Certificates } from './certificates.ts'

/** As the collectors' own templates write it. Members of formats a message is not in are absent or empty. */
export interface Recorded {
  readonly pri: string
  readonly host: string
  readonly app: string
  readonly msgid: string
  readonly time: string
  readonly msg: string
  /** Structured data, by element and name. */
  readonly sd: Readonly<Record<string, Readonly<Record<string, string>>>>
  readonly cef: Readonly<Record<string, string>>
  readonly leef: Readonly<Record<string, string>>
  readonly airWatch: Readonly<Record<string, string>>
}

export interface Ports {
  readonly udp: number
  /** Octet counting. */
  readonly tcp: number
  /** A line feed at the end; the same as `tcp` where the collector tells them apart by itself. */
  readonly lines: number
  readonly tls: number
}

export interface CollectorKind {
  readonly name: string
  /** Why it cannot be run here. */
  readonly missing: string | undefined
  readonly version: () => string
  /** Writes its configuration and says how it is started. */
  readonly prepare: (
    home: string,
    ports: Ports,
  ) => { readonly program: string; readonly args: readonly string[]; readonly env?: Readonly<Record<string, string>> }
  readonly read: (line: Readonly<Record<string, unknown>>) => Recorded
}

export class RealCollector {
  readonly ports: Ports
  readonly certificates: Certificates
  readonly #kind: CollectorKind
  readonly #home: string
  #process: RunningPeer | undefined

  static async start(kind: CollectorKind): Promise<RealCollector> {
    const home = mkdtempSync(join(tmpdir(), 'sallygate-collector-'))
    const [udp, lines, tls] = [await freePort(), await freePort(), await freePort()]
    const collector = new RealCollector(kind, home, { udp, tcp: udp, lines, tls }, makeCertificates(home))
    await collector.start()
    return collector
  }

  private constructor(kind: CollectorKind, home: string, ports: Ports, certificates: Certificates) {
    this.#kind = kind
    this.#home = home
    this.ports = ports
    this.certificates = certificates
  }

  async start(): Promise<void> {
    const { tcp, lines, tls } = this.ports
    this.#process = await startPeer({
      ...this.#kind.prepare(this.#home, this.ports),
      logFile: join(this.#home, 'log'),
      readyPorts: [tcp, lines, tls].map((port) => ({ host: '127.0.0.1', port })),
    })
  }

  /** What it has goes on; it can be started again, on the same ports. */
  async stop(): Promise<void> {
    await this.#process?.stop()
    this.#process = undefined
  }

  async kill(): Promise<void> {
    await this.#process?.kill()
    this.#process = undefined
  }

  recorded(): readonly Recorded[] {
    const file = join(this.#home, 'out.json')
    if (!existsSync(file)) return []
    const lines = readFileSync(file, 'utf8').split('\n')
    return lines.filter((line) => line.startsWith('{')).map((line) => this.#kind.read(JSON.parse(line)))
  }

  log(): string {
    return readFileSync(join(this.#home, 'log'), 'utf8').slice(-3000)
  }

  async remove(): Promise<void> {
    await this.stop()
    rmSync(this.#home, { recursive: true, force: true })
  }
}

export function writeConfiguration(home: string, text: string): string {
  const file = join(home, 'collector.conf')
  writeFileSync(file, text)
  return file
}

/** The keys of AirWatch's line as they are here, in its order: what both collectors split it by. */
export const airWatchKeys = [
  'Event Type',
  'Event',
  'User',
  'Event Source',
  'Event Module',
  'Event Category',
  'Event Data',
  'Event Id',
  'Event Severity',
  'Event Sequence',
  'Event Key',
  'Event Timestamp',
] as const
