/**
 * Poll forwarding: a request for a long-poll whose session is at another node.
 *
 * A load balancer without stickiness sends each request where it likes. The name of a
 * session begins with its node's, so any node knows whom to ask; the one with the keys
 * says whether the request is genuine before a byte of its body is read here.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { limits, readPollPath } from '@sallygate/hop'
import type { Bus, NodeId } from './bus/bus.ts'
import type { BusMessageNamed } from './bus/messages.ts'

/** How much of a node's name a session's name begins with. */
const tagDigits = 8
/** What waits at other nodes at once. */
const mostOpen = 20_000
const headWithinMs = 3000

/** It is genuine: bring the body, if there is one. */
export const [genuine, genuineStranger] = [100, 102]

export interface PollReply {
  /** 200, 404, or one of the above. */
  readonly status: number
  readonly body: Buffer
}

/** Answers a request of another node. Without a body: only says whether it is genuine. */
export type AnswerPoll = (path: string, body: Buffer | undefined) => Promise<PollReply>

export class PollForwarding {
  readonly #bus: Bus
  readonly #clock: Clock
  readonly #answer: AnswerPoll
  readonly #open = new Map<number, (reply: PollReply) => void>()
  #last = 0

  constructor(bus: Bus, clock: Clock, answer: AnswerPoll) {
    this.#bus = bus
    this.#clock = clock
    this.#answer = answer
  }

  /** What the name of a session of this node begins with. */
  get tag(): string {
    return this.#bus.node.slice(0, tagDigits)
  }

  /** @returns the node that has the session, if it is another one that is there. */
  nodeOf(rest: string): NodeId | undefined {
    const session = readPollPath(rest)?.session ?? ''
    return this.#bus.nodes.find((node) => session.startsWith(node.slice(0, tagDigits)))
  }

  /** @param body `undefined` asks first. */
  ask(node: NodeId, path: string, body: Buffer | undefined): Promise<PollReply> {
    const id = (this.#last = (this.#last + 1) >>> 0)
    const nothing = { status: 404, body: Buffer.alloc(0) }
    if (this.#open.size >= mostOpen) return Promise.resolve(nothing)
    return new Promise((resolve) => {
      const settle = (reply: PollReply) => {
        late.cancel()
        this.#open.delete(id)
        resolve(reply)
      }
      const withinMs = path.includes('/down/') && body !== undefined ? limits.pollHoldMs + headWithinMs : headWithinMs
      const late = this.#clock.after(withinMs, () => settle(nothing), { background: true })
      this.#open.set(id, settle)
      const isHead = body === undefined
      const sent = this.#bus.send(node, { type: 'pollAsk', id, isHead, path, body: body ?? Buffer.alloc(0) })
      if (sent !== 'sent') settle(nothing)
    })
  }

  receive(from: NodeId, message: BusMessageNamed<'pollAsk' | 'pollAnswer'>): void {
    const { id } = message
    if (message.type === 'pollAnswer') {
      this.#open.get(id)?.({ status: message.status, body: Buffer.from(message.body) })
      return
    }
    void this.#answer(message.path, message.isHead ? undefined : Buffer.from(message.body)).then(({ status, body }) => {
      this.#bus.send(from, { type: 'pollAnswer', id, status, body })
    })
  }
}
