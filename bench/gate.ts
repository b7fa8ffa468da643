/**
 * Round trips of 512 bytes between three processes: signed, sealed and checked both ways through
 * our relay over TLS, beside plain NATS request/reply, which does none of that.
 *
 *   npm run bench gate
 *
 * Needs Debian's nats-server.
 *
 * @module
 */
import { spawn, type ChildProcess } from 'node:child_process'
import { createPublicKey } from 'node:crypto'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { connect } from '@nats-io/transport-node'
import { systemClock } from '@sallygate/base/clock'
import {
  BatchSigner,
  importXWingPublicKey,
  ReplyAssembler,
  requestIdOfReply,
  SenderContexts,
  sealRequestInBatch,
} from '@sallygate/envelope'
import { connectorAddress, type InstanceId } from '@sallygate/hop'
import { ConsoleEnd } from '@sallygate/testkit/envelope-ends'
import { findProgram } from '@sallygate/testkit/peers'
import { freePort, startPeer } from '../interop/directory/peer-process.ts'
import { startBenchRelay } from './parts/attached.ts'
import { load, type Measured } from './parts/load.ts'
import type { ResponderOrder, ResponderSelf } from './parts/responder.ts'
import { percentile, report, thinned, type Figure } from './report.ts'

const seconds = Number(process.env['BENCH_SECONDS'] ?? 5)
const widths = [1, 8, 64] as const
const payload = Buffer.alloc(512, 7)

async function measure(step: () => Promise<unknown>): Promise<readonly Measured[]> {
  const results: Measured[] = []
  for (const inFlight of widths) results.push(await load(step, { inFlight, seconds }))
  return results
}

async function gate(): Promise<readonly Measured[]> {
  const console_ = new ConsoleEnd(systemClock)
  const waiting = new Map<string, (cargo: Buffer) => void>()
  const relay = await startBenchRelay({
    console: {
      onCargo: (_from, cargo, _ttlMs, acknowledge) => {
        acknowledge()
        waiting.get(requestIdOfReply(cargo) ?? '')?.(cargo)
      },
    },
  })
  const order: ResponderOrder = {
    url: relay.url,
    relay: relay.relay,
    authority: relay.authority,
    group: console_.group,
    signer: console_.signer.publicKey.export({ format: 'der', type: 'spki' }).toString('base64'),
  }
  const { child, line } = await startHelper('responder.ts', [], JSON.stringify(order))
  try {
    const self = JSON.parse(line) as ResponderSelf
    const instance = self.instance as InstanceId
    const { group } = console_
    const publicKey = Buffer.from(self.hopKey, 'base64')
    await relay.admit([{ role: 'connector', group, instance, publicKey }])
    const recipient = {
      endpoint: instance as never,
      publicKey: importXWingPublicKey(Buffer.from(self.encryptionKey, 'base64')),
      bootNonce: self.bootNonce,
    }
    const theirKey = createPublicKey({ key: Buffer.from(self.signer, 'base64'), format: 'der', type: 'spki' })
    const batch = new BatchSigner(console_.signer)
    const contexts = new SenderContexts(systemClock)
    const to = connectorAddress(group, instance)
    const once = async () => {
      const sealed = await sealRequestInBatch(console_.draft({ parameters: payload }), recipient, batch, contexts)
      const assembler = new ReplyAssembler(sealed.pending, () => theirKey)
      const { promise, resolve, reject } = Promise.withResolvers<void>()
      waiting.set(sealed.requestId, (cargo) => {
        if (assembler.take(cargo).kind === 'complete') resolve()
      })
      const sending = relay.console.send(to, sealed.cargo, { ttlMs: 10_000, expectsAnswer: true })
      sending.fate.catch(reject)
      const late = setTimeout(() => reject(new Error('no answer')), 10_000)
      try {
        await promise
      } finally {
        clearTimeout(late)
        sending.settle()
        waiting.delete(sealed.requestId)
      }
    }
    await firstAnswer(once)
    return await measure(once)
  } finally {
    child.kill()
    await relay.stop()
  }
}

/** The responder dials again until it is admitted. */
async function firstAnswer(once: () => Promise<void>): Promise<void> {
  for (let attempt = 0; attempt < 100; attempt++) {
    if (
      await once().then(
        () => true,
        () => false,
      )
    )
      return
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
  throw new Error('the responder never answered')
}

async function nats(): Promise<readonly Measured[]> {
  const program = findProgram('nats-server')
  if (program === undefined) throw new Error('nats-server is not installed')
  const port = await freePort()
  const home = mkdtempSync(join(tmpdir(), 'nats-'))
  const server = await startPeer({
    program,
    args: ['-a', '127.0.0.1', '-p', String(port)],
    logFile: join(home, 'log'),
    readyPorts: [{ host: '127.0.0.1', port }],
  })
  const url = `127.0.0.1:${port}`
  const { child } = await startHelper('nats-responder.ts', [url])
  const connection = await connect({ servers: url })
  try {
    return await measure(() => connection.request('bench', payload, { timeout: 10_000 }))
  } finally {
    await connection.close()
    child.kill()
    await server.stop()
    rmSync(home, { recursive: true })
  }
}

async function startHelper(
  name: string,
  args: readonly string[],
  firstLine?: string,
): Promise<{ readonly child: ChildProcess; readonly line: string }> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'parts', name), ...args], {
    stdio: ['pipe', 'pipe', 'inherit'],
  })
  if (firstLine !== undefined) child.stdin.write(`${firstLine}\n`)
  const line = await new Promise<string>((resolve, reject) => {
    createInterface({ input: child.stdout }).once('line', resolve)
    child.once('exit', () => reject(new Error(`${name} ended`)))
  })
  return { child, line }
}

const ours = await gate()
const theirs = await nats()
const figures = widths.flatMap((width, at): Figure[] => {
  const [a, b] = [ours[at], theirs[at]]
  if (a === undefined || b === undefined) return []
  const [p50, natsP50] = [percentile(a.sorted, 0.5), percentile(b.sorted, 0.5)]
  const throughput: Figure = {
    name: `${width} in flight: round trips`,
    value: a.perSecond,
    unit: '/s',
    beside: { name: 'NATS', value: b.perSecond },
    ...(width === 64 ? { aim: { says: 'a quarter', isReached: a.perSecond * 4 >= b.perSecond } } : {}),
  }
  const latency: Figure = {
    name: `${width} in flight: p50`,
    value: p50,
    unit: 'ms',
    beside: { name: 'NATS', value: natsP50 },
    ...(width === 1 ? { aim: { says: 'at most 4 times', isReached: p50 <= natsP50 * 4 } } : {}),
  }
  return [throughput, latency]
})
const distributions = Object.fromEntries(
  widths.flatMap((width, at) => [
    [`Sallygate ${width}`, thinned(ours[at]?.sorted ?? [])],
    [`NATS ${width}`, thinned(theirs[at]?.sorted ?? [])],
  ]),
)
report('gate', 'sealed and signed round trips of 512 bytes through the relay, three processes', figures, {
  distributions,
})
process.exit(process.exitCode ?? 0)
