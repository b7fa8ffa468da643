/**
 * The LDAP ping (MS-ADTS 6.3.3): one datagram to UDP 389 that asks a domain controller who it is and where we are.
 *
 * Only the messages; whoever sends them owns the socket. Everything in the answer is
 * bounded by the datagram, and its names are followed a bounded number of times.
 *
 * @module
 */
import { allOf, equal } from './filter.ts'
import { malformed } from './failures.ts'
import { decodeMessage } from './message-decoder.ts'
import { encodeMessage } from './message-encoder.ts'

export interface NetlogonAnswer {
  readonly domain: string
  readonly forest: string
  /** `dc1.corp.test`, without the leading backslashes of older forms. */
  readonly host: string
  /** The site of the domain controller that answered. */
  readonly serverSite: string
  /** The site of the address we asked from; empty where no subnet says. */
  readonly clientSite: string
  /** DS_CLOSEST_FLAG: the server is in our site, or in the one nearest to it. */
  readonly isClosest: boolean
}

/** NETLOGON_NT_VERSION_5 and _5EX (MS-ADTS 6.3.1.1): the answer with both sites. */
const versionBits = Buffer.from([0x06, 0, 0, 0])
/** LOGON_SAM_LOGON_RESPONSE_EX. */
const responseEx = 23
const closestFlag = 0x80
/** A name of DNS has at most 127 labels; a pointer that leads to pointers is somebody's joke. */
const maxLabels = 128
const maxJumps = 16

export function encodeNetlogonPing(id: number, domain: string): Buffer {
  return encodeMessage({
    id,
    operation: {
      kind: 'searchRequest',
      base: '',
      scope: 'base',
      sizeLimit: 0,
      timeLimitSeconds: 0,
      typesOnly: false,
      filter: allOf(equal('DnsDomain', domain), equal('NtVer', versionBits)),
      attributes: ['netlogon'],
    },
    controls: [],
  })
}

/** @returns `undefined` for a datagram that answers something else, or has no such domain. @throws LDAP_MALFORMED. */
export function decodeNetlogonAnswer(id: number, datagram: Buffer): NetlogonAnswer | undefined {
  const length = firstLength(datagram)
  const message = decodeMessage(datagram.subarray(0, length), { maxDepth: 10, maxElements: 100 })
  if (message.id !== id || message.operation.kind !== 'searchEntry') return undefined
  const found = message.operation.attributes.find(({ type }) => type.toLowerCase() === 'netlogon')
  const value = found?.values[0]
  return value === undefined ? undefined : readResponse(value)
}

/** The entry and the end of the search come in one datagram, one behind the other. */
function firstLength(datagram: Buffer): number {
  const first = datagram[1]
  if (first === undefined) throw malformed('an empty datagram')
  if (first < 0x80) return Math.min(2 + first, datagram.length)
  const count = first & 0x7f
  if (count === 0 || count > 4 || datagram.length < 2 + count) throw malformed('the length of a datagram')
  return Math.min(2 + count + datagram.readUIntBE(2, count), datagram.length)
}

function readResponse(value: Buffer): NetlogonAnswer | undefined {
  if (value.length < 24 || value.readUInt16LE(0) !== responseEx) return undefined
  const flags = value.readUInt32LE(4)
  let at = 24
  const name = () => {
    const read = readName(value, at)
    at = read.end
    return read.text
  }
  const forest = name()
  const domain = name()
  const host = name()
  // NetBIOS names of domain and server, and the user that was asked about.
  for (let skipped = 0; skipped < 3; skipped++) name()
  const serverSite = name()
  const clientSite = name()
  return { domain, forest, host, serverSite, clientSite, isClosest: (flags & closestFlag) !== 0 }
}

/** Names as in DNS (RFC 1035 4.1.4): labels with their length, and pointers back. */
function readName(bytes: Buffer, start: number): { text: string; end: number } {
  const labels: string[] = []
  let at = start
  let end: number | undefined
  for (let jumps = 0; ;) {
    const length = bytes[at]
    if (length === undefined) throw malformed('a name that is cut short')
    if (length === 0) return { text: labels.join('.'), end: end ?? at + 1 }
    if ((length & 0xc0) === 0xc0) {
      const low = bytes[at + 1]
      if (low === undefined || ++jumps > maxJumps) throw malformed('a pointer in a name')
      end ??= at + 2
      at = ((length & 0x3f) << 8) | low
      continue
    }
    if (length > 63 || at + 1 + length > bytes.length || labels.length >= maxLabels)
      throw malformed('a label of a name')
    labels.push(bytes.toString('utf8', at + 1, at + 1 + length))
    at += 1 + length
  }
}
