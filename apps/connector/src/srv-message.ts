/**
 * SRV questions and answers as bytes (RFC 1035 4, RFC 2782), with names read as liberally as RFC 3597 4 asks.
 *
 * Only for what the resolver of the runtime cannot read; see locate.ts.
 *
 * @module
 */
import type { LocatedHost } from '@sallygate/service-kit'
import { connectorFailure } from './failures.ts'

const typeSrv = 33
const classInternet = 1
/** A domain with more domain controllers has sites to tell them apart. */
export const maxHosts = 256
/** A name has at most 127 labels; a pointer that leads to pointers is somebody's joke. */
const maxLabels = 128
const maxJumps = 16

export interface SrvAnswer {
  /** It did not fit into a datagram: ask again over TCP. */
  readonly isCut: boolean
  /** RCODE: 0 done, 3 no such name. */
  readonly code: number
  readonly hosts: readonly LocatedHost[]
}

export function encodeSrvQuestion(id: number, name: string): Buffer {
  const head = Buffer.alloc(12)
  head.writeUInt16BE(id, 0)
  // Recursion desired, one question.
  head.writeUInt16BE(0x0100, 2)
  head.writeUInt16BE(1, 4)
  const labels = name.split('.').map((label) => {
    const bytes = Buffer.from(label, 'latin1')
    if (bytes.length === 0 || bytes.length > 63) throw unreadable(name, 'a label that is empty or too long')
    return Buffer.concat([Buffer.from([bytes.length]), bytes])
  })
  return Buffer.concat([head, ...labels, Buffer.from([0, 0, typeSrv, 0, classInternet])])
}

/** @returns `undefined` for a message that answers something else. @throws CONNECTOR_TARGET_NOT_FOUND for one that cannot be read. */
export function decodeSrvAnswer(id: number, name: string, message: Buffer): SrvAnswer | undefined {
  if (message.length < 12) throw unreadable(name, 'cut short')
  if (message.readUInt16BE(0) !== id || (message.readUInt16BE(2) & 0x8000) === 0) return undefined
  const flags = message.readUInt16BE(2)
  const isCut = (flags & 0x0200) !== 0
  const code = flags & 0x0f
  if (isCut || code !== 0) return { isCut, code, hosts: [] }
  const [questions, answers] = [message.readUInt16BE(4), message.readUInt16BE(6)]
  const reader = new Reader(message, name)
  for (let at = 0; at < questions; at++) {
    if (reader.name().toLowerCase() !== name.toLowerCase()) return undefined
    reader.skip(4)
  }
  const hosts: LocatedHost[] = []
  for (let at = 0; at < answers && hosts.length < maxHosts; at++) {
    reader.name()
    const type = reader.number()
    reader.skip(6)
    const length = reader.number()
    const end = reader.at + length
    if (type === typeSrv) {
      const [priority, weight, port] = [reader.number(), reader.number(), reader.number()]
      hosts.push({ host: reader.name(), port, priority, weight })
    }
    reader.to(end)
  }
  return { isCut, code, hosts }
}

class Reader {
  readonly #bytes: Buffer
  readonly #asked: string
  at = 12

  constructor(bytes: Buffer, asked: string) {
    this.#bytes = bytes
    this.#asked = asked
  }

  number(): number {
    this.skip(2)
    return this.#bytes.readUInt16BE(this.at - 2)
  }

  skip(count: number): void {
    this.to(this.at + count)
  }

  to(at: number): void {
    if (at > this.#bytes.length) throw unreadable(this.#asked, 'cut short')
    this.at = at
  }

  name(): string {
    const labels: string[] = []
    let at = this.at
    let end: number | undefined
    for (let jumps = 0; ;) {
      const length = this.#bytes[at]
      if (length === undefined) throw unreadable(this.#asked, 'a name that is cut short')
      if (length === 0) {
        this.at = end ?? at + 1
        return labels.join('.')
      }
      if ((length & 0xc0) === 0xc0) {
        const low = this.#bytes[at + 1]
        if (low === undefined || ++jumps > maxJumps) throw unreadable(this.#asked, 'a pointer in a name')
        end ??= at + 2
        at = ((length & 0x3f) << 8) | low
        continue
      }
      if (length > 63 || at + 1 + length > this.#bytes.length || labels.length >= maxLabels) {
        throw unreadable(this.#asked, 'a label of a name')
      }
      labels.push(this.#bytes.toString('latin1', at + 1, at + 1 + length))
      at += 1 + length
    }
  }
}

const unreadable = (host: string, why: string) =>
  connectorFailure('TARGET_NOT_FOUND', { details: { host: host.slice(0, 200), reason: `an answer of DNS: ${why}` } })
