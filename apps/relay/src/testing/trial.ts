/**
 * A relay on trial: what tests need to start one. Who talks to it is in `trial-peer.ts`.
 *
 * For tests only. Its peers speak through `ws` and this package's frames alone, so what
 * they show is the relay's doing.
 *
 * @module
 */
import { execFileSync, spawn, type ChildProcess } from 'node:child_process'
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock, type Clock } from '@sallygate/base/clock'
import { silentLog, type Log } from '@sallygate/base/log'
import {
  encodeSecureChannel,
  randomId,
  signAdmission,
  signWith,
  type FrameNamed,
  type InstanceId,
} from '@sallygate/hop'
import type { MemoryHeld } from '@sallygate/testkit/part-process'
import { WebSocket, type ClientOptions } from 'ws'
import { relaySettings, startRelay, type Relay } from '../index.ts'
import { person, push, TrialPeer, type Person } from './trial-peer.ts'

export const trialToken = 'trial-token-0123456789'

export interface TrialOptions {
  readonly clock?: Clock
  readonly log?: Log
  readonly settings?: Readonly<Record<string, unknown>>
}

/** A directory with everything a relay reads, and the console that made it. */
export class Trial implements AsyncDisposable {
  readonly directory = mkdtempSync(join(tmpdir(), 'sallygate-relay-'))
  readonly console = person('console')
  readonly relayId = randomId()
  readonly #relays: Relay[] = []
  readonly #peers: TrialPeer[] = []
  relay!: Relay
  port = 0
  readonly #children: ChildProcess[] = []
  #admissionNumber = 0

  /** The files only. */
  static prepare(): Trial {
    const trial = new Trial()
    trial.writeCertificate()
    trial.writeSecureChannel([trial.console])
    writeFileSync(trial.file('token'), `${trialToken}\n`, { mode: 0o600 })
    return trial
  }

  static async start(options: TrialOptions = {}): Promise<Trial> {
    const trial = Trial.prepare()
    await trial.startRelay(options)
    return trial
  }

  file(name: string): string {
    return join(this.directory, name)
  }

  get certificate(): Buffer {
    return readFileSync(this.file('tls.pem'))
  }

  async startRelay(options: TrialOptions = {}): Promise<Relay> {
    const values = { ...this.#settings(), ...options.settings }
    this.relay = await startRelay({
      settings: relaySettings.parse([{ name: 'trial', values }]),
      clock: options.clock ?? systemClock,
      log: options.log ?? silentLog,
    })
    this.#relays.push(this.relay)
    this.port = this.relay.port
    return this.relay
  }

  /** The relay as the process it is in life: what it does to memory, and whether it lives, shows from outside only. */
  async startProcess(settings: Readonly<Record<string, unknown>> = {}, openFiles?: number): Promise<ChildProcess> {
    const values = { ...this.#settings(), statusFile: this.file('status.json'), logLevel: 'warn', ...settings }
    writeFileSync(this.file('settings.json'), JSON.stringify(values))
    rmSync(this.file('status.json'), { force: true })
    const program = join(import.meta.dirname, '../main.ts')
    const memoryReport = join(import.meta.dirname, '../../../../packages/testkit/src/memory-report.ts')
    const args = ['--expose-gc', '--import', memoryReport, program, '--settings', this.file('settings.json')]
    const limited = ['-c', `ulimit -n ${openFiles} && exec "$0" "$@"`, process.execPath, ...args]
    const [command, ...rest] = openFiles === undefined ? [process.execPath, ...args] : ['/bin/sh', ...limited]
    const child = spawn(command, rest, { stdio: ['pipe', 'ignore', 'pipe'] })
    this.#children.push(child)
    for (let waitedMs = 0; waitedMs < 8000 && child.exitCode === null; waitedMs += 20) {
      if (existsSync(this.file('status.json'))) {
        const { facts } = JSON.parse(readFileSync(this.file('status.json'), 'utf8')) as { facts: { port: number } }
        this.port = facts.port
        return child
      }
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`the relay process did not come up (exit ${child.exitCode})`)
  }

  /** What a relay that runs as a process holds, after its garbage was collected. */
  async memoryOf(child: ChildProcess): Promise<MemoryHeld> {
    const report = this.file('settings.json.memory')
    rmSync(report, { force: true })
    child.kill('SIGUSR2')
    for (let waitedMs = 0; waitedMs < 8000 && child.exitCode === null; waitedMs += 20) {
      if (existsSync(report)) return JSON.parse(readFileSync(report, 'utf8')) as MemoryHeld
      await new Promise((resolve) => setTimeout(resolve, 20))
    }
    throw new Error(`the relay process did not report its memory (exit ${child.exitCode})`)
  }

  #settings(): Readonly<Record<string, unknown>> {
    return {
      address: '127.0.0.1',
      port: 0,
      tlsCertificateFile: this.file('tls.pem'),
      tlsKeyFile: this.file('tls.key'),
      secureChannelFile: this.file('channel.json'),
      admissionFile: this.file('admission.bin'),
      tokenFile: this.file('token'),
      drainMs: '200ms',
    }
  }

  writeCertificate(days = 30): void {
    const name = ['-subj', '/CN=localhost', '-addext', 'subjectAltName=IP:127.0.0.1,DNS:localhost']
    const key = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', '-nodes', '-keyout', this.file('tls.key')]
    const args = ['req', '-x509', ...key, '-out', this.file('tls.pem'), '-days', String(days), ...name]
    execFileSync('openssl', args, { stdio: 'ignore' })
    chmodSync(this.file('tls.key'), 0o600)
  }

  writeSecureChannel(consoles: readonly Person[], relay = this.relayId): void {
    const keys = consoles.map(({ identity }) => identity.publicKey)
    writeFileSync(this.file('channel.json'), encodeSecureChannel({ relay, consoles: keys }))
  }

  /** Opens a socket that has not proven anything. */
  async open(options: ClientOptions & { readonly url?: string } = {}): Promise<TrialPeer> {
    const { url = `wss://127.0.0.1:${this.port}/awcm`, ...rest } = options
    const peer = new TrialPeer(new WebSocket(url, { ca: this.certificate, perMessageDeflate: false, ...rest }))
    this.#peers.push(peer)
    await peer.opened
    return peer
  }

  async attach(who: Person, options: ClientOptions & { readonly url?: string } = {}): Promise<TrialPeer> {
    const peer = await this.open(options)
    await peer.prove(who)
    await peer.next('attached')
    return peer
  }

  attachConsole(): Promise<TrialPeer> {
    return this.attach(this.console)
  }

  async signedAdmission(members: readonly Person[], number: number, by = this.console): Promise<Buffer> {
    const entries = members.map(({ identity: { group, instance, publicKey } }) => {
      return { role: 'connector' as const, group, instance: instance as InstanceId, publicKey }
    })
    const list = { relay: this.relayId, number, issuedAt: new Date(), entries }
    return signAdmission(list, signWith(by.privateKey))
  }

  /** Has a console push a list of exactly these. */
  async admit(console: TrialPeer, ...members: readonly Person[]): Promise<FrameNamed<'admitted'>> {
    const number = ++this.#admissionNumber
    return push(console, number, await this.signedAdmission(members, number))
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const peer of this.#peers) peer.socket.terminate()
    await Promise.all(this.#relays.map((relay) => relay.stop()))
    await Promise.all(this.#children.map(ended))
    rmSync(this.directory, { recursive: true, force: true })
  }
}

/** Ends a child that this trial started, and waits for it. */
async function ended(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return
  const exited = new Promise((resolve) => child.once('exit', resolve))
  child.kill('SIGKILL')
  await exited
}
