/**
 * The door for FusionInventory, GLPI and OCS agents.
 *
 * A secret in the address or in Basic says which organization group the machine belongs
 * to; without one nothing is unpacked. Few inventories are unpacked at a time, so that a
 * thousand machines that are switched on together cost time and not memory.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import {
  inventoryKept,
  pack,
  readAgentRequest,
  refused,
  sendInventory,
  unpack,
  type Packing,
} from '@sallygate/protocol-fusion-inventory'
import type { AgentSecret, AgentSecrets } from '@sallygate/store'
import type { InventoryPort } from '../devices/ports.ts'
import type { RawAnswer, RawCall, RawRoute } from '../http/raw-route.ts'
import { consoleFailure } from '../failures.ts'
import { Throttle } from '../http/throttle.ts'
import { reportOf } from './device-report.ts'

export interface ReceptionParts {
  readonly secrets: Pick<AgentSecrets, 'check' | 'used'>
  readonly inventory: InventoryPort
  readonly clock: Clock
  readonly log: Log
}

/** A packed inventory of a busy server has 100 KiB. */
const mostBytes = 4 * 1024 * 1024
/** Two at a time keep both cores free for others. */
const mostAtOnce = 2
const mostWaiting = 32
/** How often an agent comes by itself, in hours. */
const everyHours = 8

export class AgentReception {
  readonly #parts: ReceptionParts
  readonly #throttle: Throttle
  #busy = 0
  readonly #waiting: (() => void)[] = []

  constructor(parts: ReceptionParts) {
    this.#parts = parts
    this.#throttle = new Throttle(parts.clock)
  }

  routes(): readonly RawRoute[] {
    const refuse: RawRoute['refuse'] = (call) => this.refuse(call)
    const handler = (call: RawCall) => this.answer(call)
    return [
      { method: 'POST', path: '/inventory', mostBytes, refuse, handler },
      { method: 'POST', path: '/inventory/:secret', mostBytes, refuse, handler },
    ]
  }

  /** Before the body of a stranger is read. */
  refuse(call: Omit<RawCall, 'body'>): Promise<RawAnswer | undefined> {
    return this.#inWords(call, async () => {
      this.#throttle.check('inventory agent', call.source)
      const secret = await this.#parts.secrets.check(secretOf(call) ?? '')
      return secret === undefined ? this.#refuseStranger(call) : undefined
    })
  }

  answer(call: RawCall): Promise<RawAnswer> {
    return this.#inWords(call, async () => {
      const secret = await this.#parts.secrets.check(secretOf(call) ?? '')
      // It may have been revoked while the body was on its way.
      if (secret === undefined) return this.#refuseStranger(call)
      return this.#inTurn(() => this.#serve(call, secret))
    })
  }

  async #inWords<T>(call: Omit<RawCall, 'body'>, work: () => Promise<T>): Promise<T | RawAnswer> {
    try {
      return await work()
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      this.#parts.log.warn('inventory agent refused', { source: call.source, code: error.code, details: error.details })
      const retry = error.details['retryAfterMs']
      const wait: Readonly<Record<string, string>> =
        typeof retry === 'number' ? { 'retry-after': String(Math.ceil(retry / 1000)) } : {}
      return answered(error.status, refused(error.says), 'none', wait)
    }
  }

  #refuseStranger(call: Omit<RawCall, 'body'>): Promise<RawAnswer> {
    // Agents ask without credentials first and wait for the question; that is no guess.
    if (secretOf(call) !== undefined) this.#throttle.failed('inventory agent', call.source)
    const ask = { 'www-authenticate': 'Basic realm="sallygate inventory"' }
    return answered(
      401,
      refused('The secret of the inventory agent is missing, wrong, revoked or expired.'),
      'none',
      ask,
    )
  }

  async #serve(call: RawCall, secret: AgentSecret): Promise<RawAnswer> {
    const { inventory, secrets, clock, log } = this.#parts
    const body = await unpack(call.body)
    const request = readAgentRequest(body)
    if (request.kind === 'contact') return answered(200, sendInventory(request.dialect, everyHours), body.packing)
    const report = reportOf(request.inventory, request.isPartial, secret.group, clock.now().getTime())
    const reported = await inventory.report(report)
    const agent = request.inventory.agentVersion ?? request.inventory.agentId
    await secrets.used(secret.id, agent.slice(0, 100))
    log.info('inventory received', { agent, group: secret.group, device: reported.device, kind: reported.kind })
    return answered(200, inventoryKept(request.dialect, everyHours), body.packing)
  }

  async #inTurn<T>(work: () => Promise<T>): Promise<T> {
    if (this.#busy >= mostAtOnce) {
      if (this.#waiting.length >= mostWaiting) throw tooMany()
      // Whoever goes hands its place over.
      await new Promise<void>((resolve) => this.#waiting.push(resolve))
    } else this.#busy++
    try {
      return await work()
    } finally {
      const next = this.#waiting.shift()
      if (next === undefined) this.#busy--
      else next()
    }
  }
}

function tooMany(): Failure {
  return consoleFailure('BUSY', { details: { retryAfterMs: 60_000 } })
}

/** From the address, or the password of Basic; its user name may be anything. */
function secretOf({ params, headers }: Omit<RawCall, 'body'>): string | undefined {
  if (params['secret'] !== undefined) return params['secret']
  const { authorization } = headers
  const encoded =
    typeof authorization === 'string' ? /^basic ([A-Za-z0-9+/=]{1,400})$/i.exec(authorization)?.[1] : undefined
  if (encoded === undefined) return undefined
  const pair = Buffer.from(encoded, 'base64').toString('utf8')
  return pair.slice(pair.indexOf(':') + 1)
}

const types = { zlib: 'application/x-compress-zlib', gzip: 'application/x-compress-gzip' } as const

async function answered(
  status: number,
  content: Buffer,
  packing: Packing,
  headers: Readonly<Record<string, string>> = {},
): Promise<RawAnswer> {
  const isJson = content[0] === 0x7b
  const type = packing === 'none' ? (isJson ? 'application/json' : 'application/xml') : types[packing]
  return { status, headers: { 'content-type': type, ...headers }, body: Buffer.from(await pack(content, packing)) }
}
