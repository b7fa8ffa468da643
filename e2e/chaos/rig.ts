/**
 * A whole Sallygate of processes, with a real slapd behind it, for things to be done to; and what they are asked meanwhile.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import {
  codeOf,
  Installation,
  pause,
  staleConnection,
  type Answer,
  type InstallationOptions,
} from '@sallygate/testkit/installation'
import { startLagProxy, type LagProxy } from '@sallygate/testkit/lag-proxy'
import type { MemoryHeld, PartProcessOptions } from '@sallygate/testkit/part-process'
import { findProgram } from '@sallygate/testkit/peers'
import { slapdBase, slapdPassword, slapdReader, startSlapd, type Slapd } from '../../interop/directory/slapd.ts'

export { pause } from '@sallygate/testkit/installation'

export interface RigOptions extends InstallationOptions {
  readonly connectors?: readonly string[]
  readonly people?: number
  /** Where the directory is to be reached; slapd itself unless given. */
  readonly directoryPort?: number
}

/** What a process held before anything was done to the system. */
interface Baseline {
  readonly pid: number
  readonly memory: MemoryHeld
  readonly descriptors: number
}

export function missingForRig(): string | undefined {
  return findProgram('slapd') === undefined ? 'slapd is not installed (Debian package slapd)' : undefined
}

export class Rig extends Installation {
  declare readonly options: RigOptions
  readonly baselines = new Map<string, Baseline>()
  /** By user: how often a sign-in was asked for, and how often one was answered. */
  readonly signIns = new Map<string, { asked: number; answered: number }>()
  slapd!: Slapd
  /** Between the connectors and slapd. */
  directoryLine!: LagProxy
  #people = 0
  #nextPerson = 0

  static override async open(options: RigOptions = {}): Promise<Rig> {
    const rig = new Rig(options)
    try {
      await rig.#open()
      return rig
    } catch (error) {
      const logs = [rig.console, rig.relay, ...rig.connectors.values()].map((part) => part?.log().slice(-600))
      await rig.close()
      throw new Error(`the rig did not come up: ${String(error)}\n${logs.join('\n--\n')}`, { cause: error })
    }
  }

  async #open(): Promise<void> {
    const { networks = {}, connectors = ['one', 'two'], people = 4000 } = this.options
    const gateways = Object.values(networks).map(({ outside }) => outside)
    this.#people = people
    const isWide = gateways.length > 0
    this.slapd = await startSlapd(people, { logLevel: 256, names: gateways, ...(isWide ? { address: '0.0.0.0' } : {}) })
    this.directoryLine = await startLagProxy({ port: this.slapd.ldapsPort })
    await this.startOutside()
    // Nobody asks anything for it: whatever its log holds in the end went to the wrong place.
    await this.api('POST', '/api/groups', { name: 'Neighbours', parent: this.group })
    for (const name of connectors) await this.joinWithDirectory(name)
    await this.turnOn()
    for (const name of connectors)
      await this.until(async () => (await this.search(name)) === 'ok', 30_000, `${name} works`)
  }

  joinWithDirectory(name: string, more: Partial<PartProcessOptions> = {}): Promise<void> {
    return this.join(name, [`${this.directoryHost}:${this.directoryPort}`], more)
  }

  /** One address that every connector reaches the directory by. */
  get directoryHost(): string {
    return Object.values(this.options.networks ?? {})[0]?.outside ?? '127.0.0.1'
  }

  get directoryPort(): number {
    const isWide = this.options.networks !== undefined
    return this.options.directoryPort ?? (isWide ? this.slapd.ldapsPort : this.directoryLine.port)
  }

  async turnOn(change: Record<string, unknown> = {}): Promise<void> {
    const settings = {
      type: 'generic',
      servers: [{ host: this.directoryHost, port: this.directoryPort }],
      trust: this.slapd.authority,
      baseDn: slapdBase,
      bindDn: slapdReader.dn,
      bindPassword: slapdReader.password,
      ...change,
    }
    const { status, body } = await this.api('PUT', `/api/groups/${this.group}/services/directory`, { settings })
    if (status >= 300) throw new Error(`the directory was not turned on: ${JSON.stringify(body)}`)
  }

  async call(
    operation: string,
    parameters: unknown,
    more: Record<string, unknown> = {},
    onAgain: () => void = () => undefined,
  ): Promise<Answer> {
    for (;;) {
      const answer = await this.api('POST', `/api/groups/${this.group}/call`, { operation, parameters, ...more })
      if (answer.status !== 0 || codeOf(answer.body) !== staleConnection) return answer
      onAgain()
    }
  }

  /** Looks one person up. @returns `ok` or what was said. */
  async search(connector?: string, deadlineMs = 30_000, more: Record<string, unknown> = {}): Promise<string> {
    const login = `u${String(Math.floor(Math.random() * this.#people)).padStart(5, '0')}`
    const parameters = { kind: 'users', match: { field: 'login', equals: login }, ...more }
    const named = connector === undefined ? {} : { connector }
    const { status, body } = await this.call('directory.search', parameters, { deadlineMs, ...named })
    if (status !== 200) return codeOf(body)
    return (body.result.entries.length as number) > 0 ? 'ok' : 'nobody found'
  }

  /** Signs somebody in who has not been signed in before, so that slapd's log says how often it was tried. */
  async signIn(deadlineMs = 15_000): Promise<string> {
    const user = `u${String(this.#nextPerson++ % this.#people).padStart(5, '0')}`
    const known = this.signIns.get(user) ?? { asked: 0, answered: 0 }
    this.signIns.set(user, known)
    known.asked++
    const { status, body } = await this.call(
      'directory.authenticate',
      { user, password: slapdPassword },
      { deadlineMs },
    )
    if (status !== 200) return codeOf(body)
    known.answered++
    return body.result.outcome === 'accepted' ? 'ok' : `refused: ${String(body.result.logCode)}`
  }

  /** A large answer: every person there is, with a mail address and names. */
  bulk(deadlineMs = 240_000): Promise<string> {
    return this.search(undefined, deadlineMs, { match: undefined, limit: 10_000 })
  }

  untilHealth(name: string, health: string, withinMs: number): Promise<number> {
    return this.until(async () => (await this.listed(name))?.health === health, withinMs, `${name} is ${health}`)
  }

  /** From when it has been asked something that it does not answer. */
  async untilSuspected(name: string): Promise<number> {
    const owes = async () => ((await this.listed(name))?.inFlight ?? 0) > 0
    await this.until(owes, 20_000, `${name} is asked something`)
    return this.untilHealth(name, 'suspect', 20_000)
  }

  /** After it has warmed up: what the checker compares the end with. */
  async takeBaseline(): Promise<void> {
    this.disconnect()
    await pause(500)
    for (const part of this.parts) {
      this.baselines.set(part.name, { pid: part.pid, memory: await part.memory(), descriptors: part.descriptors })
    }
  }

  journal(name: string): Buffer | undefined {
    const file = join(this.home, name, 'journal.bin')
    return existsSync(file) ? readFileSync(file) : undefined
  }

  override async close(): Promise<void> {
    await super.close()
    await this.directoryLine?.stop()
    await this.slapd?.stop()
  }
}
