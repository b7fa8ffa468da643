/**
 * A relay of two nodes behind nginx and HAProxy: without stickiness, with TLS ended there and passed through.
 *
 * @module
 */
import { connect } from 'node:tls'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { dial, type HopClient } from '@sallygate/dial'
import {
  connectorAddress,
  consoleAddress,
  randomId,
  signAdmission,
  type Address,
  type AdmissionEntry,
} from '@sallygate/hop'
import { missingProgram } from '@sallygate/testkit/peers'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { keyed } from '../../packages/dial/src/testing/peers.ts'
import { startLoadBalancer, type Kind, type LoadBalancer } from './load-balancer.ts'
import { RelayNodes, until } from './relay-nodes.ts'
import { smuggling } from './smuggling.ts'

const missing =
  missingProgram('nginx', 'Debian packages nginx-light and libnginx-mod-stream') ??
  missingProgram('haproxy', 'Debian package haproxy')
if (missing !== undefined) console.log(`skipped: load balancers, ${missing}`)

const open: { stop(): Promise<unknown> }[] = []
afterEach(async () => {
  for (const one of open.splice(0).toReversed()) await one.stop()
})
const keep = <T extends { stop(): Promise<unknown> }>(one: T): T => {
  open.push(one)
  return one
}

/** A question, by number, and how it ended. */
interface Tally {
  readonly asked: number
  readonly answered: ReadonlySet<string>
  /** Told that they were not delivered, or that nobody knows. */
  readonly failed: ReadonlySet<string>
  /** Of one question, how often it was carried out. */
  readonly executions: ReadonlyMap<string, number>
}

let admissionNumber = 0

/** A console and connectors behind one address, and questions without end. */
class Office {
  readonly console: HopClient
  readonly connectors: HopClient[] = []
  readonly #addresses: Address[] = []
  readonly #answered = new Set<string>()
  readonly #failed = new Set<string>()
  readonly #executions = new Map<string, number>()
  /** Who is attached, as the relay tells the console. */
  #present = new Set<string>()
  #asked = 0
  longestGapMs = 0

  static async open(
    nodes: RelayNodes,
    url: string,
    count: number,
    way: 'webSocket' | 'longPoll' = 'webSocket',
  ): Promise<Office> {
    const office = new Office(nodes, url)
    await office.console.attached()
    const people = Array.from({ length: count }, () => ({ ...keyed(), group: randomId(), instance: randomId() }))
    const entries: AdmissionEntry[] = people.map(({ group, instance, publicKey }) => ({
      role: 'connector',
      group,
      instance,
      publicKey,
    }))
    const list = { relay: nodes.relay, number: ++admissionNumber, issuedAt: new Date(), entries }
    await office.console.admit(list.number, await signAdmission(list, nodes.consoleKeys.sign))
    for (const { group, instance, ...keys } of people)
      office.#connect(nodes, url, { ...keys, address: connectorAddress(group, instance), way })
    await Promise.all(office.connectors.map((connector) => connector.attached()))
    // A console asks whom it sees; one node tells the other who came to it.
    await until(() => people.every(({ instance }) => office.#present.has(instance)))
    return office
  }

  private constructor(nodes: RelayNodes, url: string) {
    this.console = this.#dial(nodes, url, {
      ...nodes.consoleKeys,
      address: consoleAddress(randomId()),
      onRoster: (entries) => (this.#present = new Set(entries.map(({ instance }) => instance))),
      onRosterChange: (event, { instance }) =>
        void (event === 'joined' ? this.#present.add(instance) : this.#present.delete(instance)),
      onCargo: (_from, cargo, _ttlMs, acknowledge) => {
        this.#answered.add(cargo.toString())
        acknowledge()
      },
    })
  }

  /** Asks a question of each connector in turn, many a second, until told to stop. */
  async ask(forMs: number, everyMs = 4): Promise<void> {
    let lastMs = performance.now()
    let seen = this.#answered.size
    for (const untilMs = performance.now() + forMs; performance.now() < untilMs;) {
      const to = this.#addresses[this.#asked % this.#addresses.length]
      if (to === undefined) throw new Error('nobody to ask')
      const question = `${this.#asked++}`
      const { handed, fate } = this.console.send(to, Buffer.from(question), { ttlMs: 5000, expectsAnswer: true })
      handed.catch(() => this.#failed.add(question))
      // After its time, whoever is not answered never will be.
      fate.then(
        () => this.#answered.has(question) || this.#failed.add(question),
        () => this.#failed.add(question),
      )
      await new Promise((resolve) => setTimeout(resolve, everyMs))
      if (this.#answered.size === seen) continue
      seen = this.#answered.size
      this.longestGapMs = Math.max(this.longestGapMs, performance.now() - lastMs)
      lastMs = performance.now()
    }
  }

  get tally(): Tally {
    return { asked: this.#asked, answered: this.#answered, failed: this.#failed, executions: this.#executions }
  }

  #connect(
    nodes: RelayNodes,
    url: string,
    who: {
      address: Address
      publicKey: Uint8Array
      sign: ReturnType<typeof keyed>['sign']
      way: 'webSocket' | 'longPoll'
    },
  ): void {
    const connector: HopClient = this.#dial(nodes, url, {
      ...who,
      way: { first: who.way, onChange: () => {} },
      onCargo: (from, cargo, _ttlMs, acknowledge) => {
        const question = cargo.toString()
        this.#executions.set(question, (this.#executions.get(question) ?? 0) + 1)
        connector.send(from, cargo, { ttlMs: 5000 })
        acknowledge()
      },
    })
    this.connectors.push(connector)
    this.#addresses.push(who.address)
  }

  #dial(nodes: RelayNodes, url: string, options: Partial<Parameters<typeof dial>[0]>): HopClient {
    return keep(
      dial({
        relayUrl: url,
        expectedRelay: nodes.relay,
        tls: { ca: [nodes.authority] },
        software: 'interop/1',
        clock: systemClock,
        log: silentLog,
        tuning: { backOffBaseMs: 200 },
        ...options,
      } as Parameters<typeof dial>[0]),
    )
  }
}

const nothingTwice = ({ executions }: Tally) =>
  expect([...executions.values()].filter((times) => times > 1)).toEqual([])

describe.skipIf(missing !== undefined).each<Kind>(['haproxy', 'nginx'])('two relay nodes behind %s', (kind) => {
  let nodes: RelayNodes
  let balancer: LoadBalancer
  beforeAll(async () => {
    nodes = await RelayNodes.start()
    balancer = await startLoadBalancer(kind, nodes)
  }, 60_000)
  afterAll(async () => {
    await balancer?.stop()
    await nodes?.[Symbol.asyncDispose]()
  })
  const urlOf = (mode: 'offload' | 'pass') => `https://localhost:${balancer[mode]}/awcm`

  test.each(['offload', 'pass'] as const)(
    '%s: one console reaches connectors at both nodes',
    async (mode) => {
      const office = await Office.open(nodes, urlOf(mode), 6)
      await office.ask(1500)
      const { asked, answered, failed } = office.tally

      await until(() => answered.size === asked)

      expect(failed.size).toBe(0)
      nothingTwice(office.tally)
      const at = await Promise.all([nodes.statistics(0), nodes.statistics(1)])
      expect(at.every(({ connectors }) => Number(connectors) > 0)).toBe(true)
      expect(Number(at[0]?.['busSent']) + Number(at[1]?.['busSent'])).toBeGreaterThan(100)
    },
    30_000,
  )

  test('offload: a long-poll whose requests go to one node and the other loses and doubles nothing (PROTOCOL M-H33)', async () => {
    const office = await Office.open(nodes, urlOf('offload'), 2, 'longPoll')
    expect(office.connectors.map((connector) => connector.status().way)).toEqual(['longPoll', 'longPoll'])
    await office.ask(2000, 20)
    const { asked, answered, failed } = office.tally

    await until(() => answered.size === asked)

    expect(failed.size).toBe(0)
    nothingTwice(office.tally)
    expect(office.connectors.every((connector) => connector.status().reconnects === 0)).toBe(true)
  }, 30_000)

  test.each(['offload', 'pass'] as const)(
    '%s: a node that is stopped in good order is left without losing a request (PROTOCOL M-H26)',
    async (mode) => {
      const office = await Office.open(nodes, urlOf(mode), 4)
      const asking = office.ask(5000)
      await new Promise((resolve) => setTimeout(resolve, 500))

      await nodes.end(0, 'SIGTERM')
      await nodes.startNode(0)
      await asking
      const { asked, answered, failed } = office.tally
      await until(() => answered.size === asked)

      expect([...failed]).toEqual([])
      nothingTwice(office.tally)
      console.log(
        `${kind}, ${mode}: ${asked} requests while a node was restarted, longest gap ${Math.round(office.longestGapMs)} ms`,
      )
      await until(async () => (await nodes.statistics(0))['busNodes'] === 1)
    },
    60_000,
  )

  test.each(['offload', 'pass'] as const)(
    '%s: a node is killed with -9, its sessions move to the other, nothing is done twice',
    async (mode) => {
      const office = await Office.open(nodes, urlOf(mode), 4)
      const asking = office.ask(8000)
      await new Promise((resolve) => setTimeout(resolve, 500))

      await nodes.end(1, 'SIGKILL')
      await asking
      const { asked, answered, failed } = office.tally
      await until(() => new Set([...answered, ...failed]).size === asked)

      nothingTwice(office.tally)
      // What was asked in the last second reached everybody again.
      const last = Array.from({ length: 50 }, (_, index) => `${asked - 51 + index}`)
      expect(last.filter((question) => !answered.has(question))).toEqual([])
      expect(office.longestGapMs).toBeLessThan(6000)
      console.log(
        `${kind}, ${mode}: node killed; of ${asked} requests ${failed.size} came back as failed, longest gap ${Math.round(office.longestGapMs)} ms`,
      )
      await nodes.startNode(1)
      await until(async () => (await nodes.statistics(1))['busNodes'] === 1)
    },
    60_000,
  )

  test('no raw request becomes more at the relay than was answered at the front (T68)', async () => {
    // Health checks are requests too, and would be counted.
    await balancer.stop()
    const quiet = await startLoadBalancer(kind, nodes, (text) =>
      text.replaceAll(/check (?:check-ssl verify none )?inter.*/g, ''),
    )
    const seen = async () => {
      const both = await Promise.all([nodes.statistics(0), nodes.statistics(1)])
      return both.reduce((sum, { requests }) => sum + Number(requests), 0)
    }
    expect(smuggling).toHaveLength(30)
    try {
      for (const { name, bytes } of smuggling) {
        const before = await seen()
        const answer = await raw(quiet.offload, nodes.authority, bytes)
        // One for each node that was asked.
        const atRelay = (await seen()) - before - 2
        // The front's own refusals do not carry the relay's header.
        const fromRelay = answer.match(/x-content-type-options/gi)?.length ?? 0
        const statuses = [...answer.matchAll(/HTTP\/1\.[01] (\d{3})/g)].map(([, status]) => Number(status))

        expect({ name, atRelay, statuses }).toEqual({ name, atRelay: fromRelay, statuses })
        // Whose turn is next gets the answer to what it asked, not to what somebody has hidden.
        const next = await raw(
          quiet.offload,
          nodes.authority,
          Buffer.from('GET /none HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n'),
        )
        expect({ name, next: next.split('\r\n')[0] }).toEqual({ name, next: 'HTTP/1.1 404 Not Found' })
      }
    } finally {
      await quiet.stop()
    }
  }, 120_000)
})

function raw(port: number, ca: string, bytes: Buffer): Promise<string> {
  return new Promise((resolve) => {
    let answer = ''
    const socket = connect({ port, host: 'localhost', ca, ALPNProtocols: ['http/1.1'] }, () => socket.write(bytes))
    const late = setTimeout(() => socket.destroy(), 1200)
    socket.on('data', (part: Buffer) => (answer += part.toString('latin1')))
    socket.on('error', () => {})
    socket.on('close', () => {
      clearTimeout(late)
      resolve(answer)
    })
  })
}
