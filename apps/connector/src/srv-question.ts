/**
 * Asking one name server for SRV records: a datagram, and over TCP what does not fit into it.
 *
 * @module
 */
import { randomInt } from 'node:crypto'
import { createSocket } from 'node:dgram'
import { connect, isIPv6 } from 'node:net'
import { connectorFailure } from './failures.ts'
import { decodeSrvAnswer, encodeSrvQuestion, type SrvAnswer } from './srv-message.ts'

/** With its length in front, the longest message of DNS over TCP is this. */
const maxMessage = 65_537

/** `server`: an address, with a port where it is not 53, as `dns.getServers()` writes them. @throws CONNECTOR_TARGET_NOT_FOUND. */
export async function askForSrv(server: string, name: string, withinMs: number): Promise<SrvAnswer> {
  const { address, port } = partsOf(server)
  const id = randomInt(0x1_0000)
  const question = encodeSrvQuestion(id, name)
  const read = (message: Buffer) => decodeSrvAnswer(id, name, message)
  const answer = await overUdp({ address, port, name, withinMs }, question, read)
  return answer.isCut ? overTcp({ address, port, name, withinMs }, question, read) : answer
}

interface Way {
  readonly address: string
  readonly port: number
  readonly name: string
  readonly withinMs: number
}

type Read = (message: Buffer) => SrvAnswer | undefined

async function overUdp(way: Way, question: Buffer, read: Read): Promise<SrvAnswer> {
  const socket = createSocket(isIPv6(way.address) ? 'udp6' : 'udp4')
  try {
    return await settled(way, (resolve, reject) => {
      socket.on('error', reject)
      socket.on('message', (message) => attempt(reject, () => read(message), resolve))
      // A connected socket takes datagrams from this address and port only.
      socket.connect(way.port, way.address, () => socket.send(question))
    })
  } finally {
    socket.close()
  }
}

async function overTcp(way: Way, question: Buffer, read: Read): Promise<SrvAnswer> {
  const socket = connect({ host: way.address, port: way.port })
  const length = Buffer.alloc(2)
  length.writeUInt16BE(question.length)
  let held = Buffer.alloc(0)
  try {
    return await settled(way, (resolve, reject) => {
      socket.on('error', reject)
      socket.on('close', () => reject(new Error('closed')))
      socket.on('connect', () => socket.write(Buffer.concat([length, question])))
      socket.on('data', (chunk: Buffer) => {
        held = Buffer.concat([held, chunk])
        if (held.length > maxMessage) return reject(new Error('too long'))
        if (held.length < 2 || held.length < 2 + held.readUInt16BE(0)) return undefined
        return attempt(reject, () => read(held.subarray(2, 2 + held.readUInt16BE(0))), resolve)
      })
    })
  } finally {
    socket.destroy()
  }
}

function attempt(
  reject: (error: unknown) => void,
  read: () => SrvAnswer | undefined,
  resolve: (answer: SrvAnswer) => void,
): void {
  try {
    const answer = read()
    if (answer !== undefined) resolve(answer)
  } catch (error) {
    reject(error)
  }
}

function settled(
  { name, withinMs }: Way,
  run: (resolve: (answer: SrvAnswer) => void, reject: (error: unknown) => void) => void,
): Promise<SrvAnswer> {
  return new Promise((resolve, reject) => {
    const late = connectorFailure('TARGET_NOT_FOUND', { details: { host: name.slice(0, 200), reason: 'ETIMEOUT' } })
    const timer = setTimeout(() => reject(late), withinMs)
    const end = (settle: () => void) => {
      clearTimeout(timer)
      settle()
    }
    run(
      (answer) => end(() => resolve(answer)),
      (error) => end(() => reject(error as Error)),
    )
  })
}

/** `10.0.0.1`, `10.0.0.1:5353`, `fd00::1`, `[fd00::1]:5353` */
function partsOf(server: string): { address: string; port: number } {
  const bracketed = /^\[(.+)\]:(\d+)$/.exec(server)
  if (bracketed !== null) return { address: bracketed[1] ?? '', port: Number(bracketed[2]) }
  const plain = /^([^:]+):(\d+)$/.exec(server)
  return plain === null ? { address: server, port: 53 } : { address: plain[1] ?? '', port: Number(plain[2]) }
}
