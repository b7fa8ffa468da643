/**
 * A TCP proxy with bad manners: late, in slices, half closed, cut, or silent for ever.
 *
 * In user space, so that it needs no rights and works wherever the tests do. Its ways
 * can be changed while connections are open.
 *
 * @module
 */
import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { seededRandom, type SeededRandom } from './seeded-random.ts'

export interface LagWays {
  /** Every chunk waits this long, in each direction. */
  readonly delayMs?: number
  /** And up to this much longer; the order of bytes is kept. */
  readonly jitterMs?: number
  /** Writes of at most this many bytes. 1 is the worst a network can do. */
  readonly sliceBytes?: number
  /** Nothing gets through and nobody is told: a firewall that drops. */
  readonly blackHole?: 'both' | 'toServer' | 'toClient'
  /** Resets a connection after this many bytes from the server. */
  readonly cutAfterBytes?: number
}

export interface LagProxy {
  readonly port: number
  /** Connections accepted so far. */
  readonly accepted: number
  /** Connections open now. */
  readonly open: number
  ways: LagWays
  /** Ends every open connection with RST. */
  reset(): void
  /** Sends FIN to the clients and goes on reading from them. */
  halfClose(): void
  stop(): Promise<void>
}

interface Pair {
  readonly client: Socket
  readonly server: Socket
}

export async function startLagProxy(
  target: { readonly port: number; readonly host?: string },
  ways: LagWays = {},
  seed = 0x1a6,
): Promise<LagProxy> {
  const random = seededRandom(seed)
  const pairs = new Set<Pair>()
  let accepted = 0
  const listener = createServer({ allowHalfOpen: true }, (client) => {
    accepted++
    const server = connect({ port: target.port, host: target.host ?? '127.0.0.1', allowHalfOpen: true, noDelay: true })
    const pair = { client, server }
    pairs.add(pair)
    client.setNoDelay(true)
    const gone = () => {
      pairs.delete(pair)
      client.destroy()
      server.destroy()
    }
    for (const socket of [client, server]) socket.on('error', gone).on('close', gone)
    carry(client, server, 'toServer', () => proxy.ways, random)
    carry(server, client, 'toClient', () => proxy.ways, random)
  })
  await listen(listener)
  const proxy: LagProxy = {
    port: (listener.address() as AddressInfo).port,
    get accepted() {
      return accepted
    },
    get open() {
      return pairs.size
    },
    ways,
    reset() {
      for (const { client, server } of pairs) {
        client.resetAndDestroy()
        server.resetAndDestroy()
      }
    },
    halfClose() {
      for (const { client } of pairs) client.end()
    },
    async stop() {
      for (const { client, server } of pairs) {
        client.destroy()
        server.destroy()
      }
      await new Promise<void>((resolve) => listener.close(() => resolve()))
    },
  }
  return proxy
}

function listen(listener: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    listener.once('error', reject).listen(0, '127.0.0.1', () => resolve())
  })
}

interface Late {
  readonly dueMs: number
  readonly chunk: Buffer | 'end'
}

/** Carries bytes one way, in order: no chunk is due before the one in front of it. */
function carry(
  from: Socket,
  to: Socket,
  direction: 'toServer' | 'toClient',
  ways: () => LagWays,
  random: SeededRandom,
): void {
  const queue: Late[] = []
  let carried = 0
  let isPumping = false
  const push = (chunk: Late['chunk']) => {
    const { delayMs = 0, jitterMs = 0, blackHole } = ways()
    if (blackHole === 'both' || blackHole === direction) return
    const dueMs = Math.max(queue.at(-1)?.dueMs ?? 0, performance.now() + delayMs + random.next() * jitterMs)
    queue.push({ dueMs, chunk })
    if (!isPumping) void pump()
  }
  const pump = async () => {
    isPumping = true
    for (let late = queue[0]; late !== undefined; late = queue[0]) {
      const waitMs = late.dueMs - performance.now()
      if (waitMs > 0) await new Promise((resolve) => setTimeout(resolve, waitMs).unref())
      if (late.chunk === 'end') to.end()
      else await deliver(late.chunk)
      queue.shift()
    }
    isPumping = false
  }
  const deliver = async (chunk: Buffer) => {
    const { cutAfterBytes = Infinity, sliceBytes = Math.max(1, chunk.length) } = ways()
    const room = direction === 'toClient' ? Math.max(0, cutAfterBytes - carried) : Infinity
    carried += chunk.length
    const allowed = chunk.subarray(0, Math.min(chunk.length, room))
    for (let at = 0; at < allowed.length && to.writable; at += sliceBytes) {
      // Waiting for each write is what keeps slices apart; written at once, the system would join them again.
      await new Promise<void>((resolve) => to.write(allowed.subarray(at, at + sliceBytes), () => resolve()))
    }
    if (chunk.length > room) to.resetAndDestroy()
  }
  from.on('data', (chunk: Buffer) => push(chunk))
  from.on('end', () => push('end'))
}
