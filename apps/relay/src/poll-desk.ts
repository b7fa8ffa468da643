/**
 * The poll desk: from plain HTTP requests to poll lines.
 *
 * A request for a session names it, is numbered and carries a MAC, which is checked
 * before a byte of its body is read. A wrong one, one of before, and one for a session
 * that is over get the 404 that everything else gets.
 *
 * @module
 */
import type { IncomingMessage, ServerResponse } from 'node:http'
import type { Socket } from 'node:net'
import { randomBytes, sha256, toHex } from '@sallygate/base/bytes'
import { Failure } from '@sallygate/base/failure'
import type { Clock } from '@sallygate/base/clock'
import {
  isGenuine,
  limits,
  makePollKey,
  pollHelloLayout,
  pollKeys,
  pollNonce,
  pollSuffix,
  pollWelcomeLayout,
  readPollPath,
  sealPollAnswer,
  type PollRequest,
} from '@sallygate/hop'
import type { Appointments } from './appointments.ts'
import type { Bus } from './bus/bus.ts'
import type { Counters } from './counters.ts'
import { socketKey, type Doorkeeper } from './doorkeeper.ts'
import { between } from './jitter.ts'
import { networkOf, offloader } from './network.ts'
import { pathOf, sendNotFound } from './pages.ts'
import { PollLine, type Waiting } from './poll-line.ts'
import { genuine, genuineStranger, PollForwarding, type PollReply } from './poll-forwarding.ts'
import { readBody } from './request-body.ts'

/** The paths of the WebSocket, each with the poll behind it. */
const roots = ['', '/awcm', '/hop'].map((root) => `${root}${pollSuffix}`)
const helloBytes = 33
/** One for each direction, and each once more. */
const socketsOfStranger = 4
/** What a batch adds to its frames, with room to spare. */
const batchOverhead = 1024

export interface PollDeskOptions {
  readonly clock: Clock
  readonly counters: Counters
  readonly doorkeeper: Doorkeeper
  readonly appointments: Appointments
  readonly isDraining: () => boolean
  readonly bus: Bus
  readonly maxUnproven: number
  readonly maxUnprovenPerAddress: number
  /** A line to a stranger. `proven` is to be called when it is none any more. */
  readonly opened: (line: PollLine, from: string, proven: () => void) => void
}

export class PollDesk {
  readonly #options: PollDeskOptions
  readonly #lines = new Map<string, PollLine>()
  readonly #strangers = new Map<string, string>()
  /** Requests that a load balancer has brought to the wrong node. */
  readonly forwarding: PollForwarding

  constructor(options: PollDeskOptions) {
    this.#options = options
    this.forwarding = new PollForwarding(options.bus, options.clock, (path, body) => this.#answerNode(path, body))
  }

  /** Sessions whose peers have proven themselves. */
  get proven(): number {
    return this.#lines.size - this.#strangers.size
  }

  /** @returns false for a request that is not for this desk. */
  receive(request: IncomingMessage, response: ServerResponse): boolean {
    const path = pathOf(request)
    const root = roots.find((candidate) => path === candidate || path.startsWith(`${candidate}/`))
    if (root === undefined) return false
    const rest = path.slice(root.length)
    const done = rest === '' ? this.#open(request, response) : this.#serve(request, response, rest)
    done.catch((error: unknown) => {
      if (!(error instanceof Failure)) this.#options.counters.turnedAway.httpError++
      sendNotFound(request, response)
    })
    return true
  }

  async #open(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const { clock, counters, isDraining, appointments } = this.#options
    if (request.method !== 'POST') return sendNotFound(request, response)
    if (isDraining()) {
      counters.turnedAway.draining++
      return sendLater(request, response, between(1, 5))
    }
    const from = fromOf(request.socket)
    const isCrowded =
      this.#strangers.size >= this.#options.maxUnproven ||
      (from !== offloader &&
        [...this.#strangers.values()].filter((address) => address === from).length >=
          this.#options.maxUnprovenPerAddress)
    const seconds = isCrowded ? between(1, 30) : appointments.ask(clock.monotonicMs())
    if (seconds !== undefined) {
      counters.turnedAway[isCrowded ? 'unprovenCap' : 'rate']++
      return sendLater(request, response, seconds)
    }
    const hello = pollHelloLayout.decode(await readBody(request, helloBytes))
    const own = makePollKey()
    const session = this.forwarding.tag + toHex(randomBytes(16)).slice(this.forwarding.tag.length)
    const salt = randomBytes(32)
    const nonce = pollNonce(session, hello.key, own.publicKey, salt)
    const keys = pollKeys(own, hello.key, nonce)
    if (keys === undefined) return sendNotFound(request, response)
    const line = new PollLine({ clock, session, keys, nonce, ended: () => this.#ended(session) })
    this.#lines.set(session, line)
    this.#strangers.set(session, from)
    const late = clock.after(limits.unprovenMs, () => this.#tooLate(line), { background: true })
    this.#options.opened(line, from, () => {
      late.cancel()
      line.isProven = true
      this.#strangers.delete(session)
      for (const socket of line.sockets) this.#options.doorkeeper.proven(socket)
      line.sockets.clear()
    })
    const challenge = line.takeFirst() ?? new Uint8Array()
    this.#send(request, response, pollWelcomeLayout.encode({ session, key: own.publicKey, salt, challenge }))
  }

  async #serve(request: IncomingMessage, response: ServerResponse, rest: string): Promise<void> {
    const asked = readPollPath(rest)
    const line = asked === undefined ? undefined : this.#lines.get(asked.session)
    if (asked === undefined) return sendNotFound(request, response)
    if (line === undefined) return await this.#forward(request, response, rest, asked)
    if (!isGenuine(asked, line.keys)) return sendNotFound(request, response)
    const socket = socketKey(request.socket)
    if (line.isProven) this.#options.doorkeeper.proven(socket)
    else if (line.sockets.size < socketsOfStranger) line.sockets.add(socket)
    if (asked.direction === 'up' && request.method === 'POST') await this.#take(request, response, asked, line)
    else if (asked.direction === 'down' && request.method === 'GET') this.#give(request, response, asked, line)
    else sendNotFound(request, response)
  }

  async #take(request: IncomingMessage, response: ServerResponse, asked: PollRequest, line: PollLine): Promise<void> {
    const most = line.isProven ? limits.pollBatchBytes : limits.unprovenFrameBytes
    const body = await readBody(request, most + batchOverhead)
    const isWhole = toHex(sha256(body)) === asked.detail
    if (!isWhole || !line.take(asked.number, asked.detail, body)) return sendNotFound(request, response)
    this.#send(request, response, sealPollAnswer(asked, new Uint8Array(), line.keys))
  }

  async #forward(request: IncomingMessage, response: ServerResponse, rest: string, asked: PollRequest): Promise<void> {
    const node = this.forwarding.nodeOf(rest)
    const isUp = asked.direction === 'up'
    if (node === undefined || request.method !== (isUp ? 'POST' : 'GET')) return sendNotFound(request, response)
    const head = await this.forwarding.ask(node, rest, undefined)
    if (head.status !== genuine && head.status !== genuineStranger) return sendNotFound(request, response)
    const isProven = head.status === genuine
    if (isProven) this.#options.doorkeeper.proven(socketKey(request.socket))
    const most = isProven ? limits.pollBatchBytes : limits.unprovenFrameBytes
    const body = isUp ? await readBody(request, most + batchOverhead) : Buffer.alloc(0)
    const reply = await this.forwarding.ask(node, rest, body)
    if (reply.status === 200) this.#send(request, response, reply.body)
    else sendNotFound(request, response)
  }

  /** The same as for a request that came here, for one that came to another node. */
  async #answerNode(rest: string, body: Buffer | undefined): Promise<PollReply> {
    const nothing = { status: 404, body: Buffer.alloc(0) }
    const asked = readPollPath(rest)
    const line = asked === undefined ? undefined : this.#lines.get(asked.session)
    if (asked === undefined || line === undefined || !isGenuine(asked, line.keys)) return nothing
    if (body === undefined) return { status: line.isProven ? genuine : genuineStranger, body: Buffer.alloc(0) }
    const seal = (answer: Uint8Array) => ({ status: 200, body: sealPollAnswer(asked, answer, line.keys) })
    if (asked.direction === 'up') {
      const most = (line.isProven ? limits.pollBatchBytes : limits.unprovenFrameBytes) + batchOverhead
      const isWhole = body.length <= most && toHex(sha256(body)) === asked.detail
      return isWhole && line.take(asked.number, asked.detail, body) ? seal(new Uint8Array()) : nothing
    }
    return await new Promise((resolve) => {
      const isTaken = line.ask(asked.number, Number(asked.detail), { answer: (batch) => resolve(seal(batch)) })
      if (!isTaken) resolve(nothing)
    })
  }

  #give(request: IncomingMessage, response: ServerResponse, asked: PollRequest, line: PollLine): void {
    const waiting: Waiting = {
      answer: (body) => this.#send(request, response, sealPollAnswer(asked, body, line.keys)),
    }
    response.once('close', () => line.forget(waiting))
    if (!line.ask(asked.number, Number(asked.detail), waiting)) sendNotFound(request, response)
  }

  #send(request: IncomingMessage, response: ServerResponse, body: Buffer): void {
    const { doorkeeper } = this.#options
    // A connection between two requests is a guest of the house for a while, and no stranger.
    response.once('finish', () => doorkeeper.rest(socketKey(request.socket), limits.pollIdleMs))
    response.writeHead(200, {
      'content-type': 'application/octet-stream',
      'content-length': body.length,
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    })
    response.end(body)
  }

  #tooLate(line: PollLine): void {
    this.#options.counters.turnedAway.tooLate++
    line.cut()
  }

  #ended(session: string): void {
    this.#lines.delete(session)
    this.#strangers.delete(session)
  }
}

/** Behind an offloader every stranger has the same address, so that address says nothing. */
function fromOf(socket: Socket): string {
  return 'encrypted' in socket ? networkOf(socket) : offloader
}

function sendLater(request: IncomingMessage, response: ServerResponse, seconds: number): void {
  response.writeHead(503, {
    'content-type': 'text/plain; charset=utf-8',
    'cache-control': 'no-store',
    'retry-after': String(seconds),
    connection: 'close',
  })
  response.end('Service Unavailable\n', () => request.destroy())
}
