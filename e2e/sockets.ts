/**
 * What sockets a process has, from the kernel's own tables.
 *
 * @module
 */
import { readdirSync, readFileSync, readlinkSync } from 'node:fs'

export interface OpenSocket {
  readonly family: string
  /** As the table writes it: `0A` for a TCP socket that listens. */
  readonly state: string
  readonly local: string
}

const listeningTcp = '0A'
/** SO_ACCEPTCON, the flag of a Unix socket that listens. */
const acceptsConnections = 0x10000

/** Sockets of one process that could take a connection or an unasked datagram. */
export function listeningSockets(pid: number): readonly OpenSocket[] {
  const own = socketInodes(pid)
  return [
    ...['tcp', 'tcp6'].flatMap((family) =>
      inetSockets(pid, family).filter((one) => own.has(one.inode) && one.state === listeningTcp),
    ),
    // A UDP socket without a peer takes datagrams from anybody.
    ...['udp', 'udp6'].flatMap((family) =>
      inetSockets(pid, family).filter((one) => own.has(one.inode) && /^0+:0000$/.test(one.remote)),
    ),
    ...unixSockets(pid).filter((one) => own.has(one.inode)),
  ]
}

export function establishedSockets(pid: number): number {
  const own = socketInodes(pid)
  return ['tcp', 'tcp6']
    .flatMap((family) => inetSockets(pid, family))
    .filter((one) => own.has(one.inode) && one.state === '01').length
}

function socketInodes(pid: number): ReadonlySet<string> {
  const links = readdirSync(`/proc/${pid}/fd`).map((fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`)
    } catch {
      return ''
    }
  })
  return new Set(links.flatMap((link) => /^socket:\[(\d+)\]$/.exec(link)?.[1] ?? []))
}

function inetSockets(pid: number, family: string) {
  const rows = readFileSync(`/proc/${pid}/net/${family}`, 'utf8').trim().split('\n').slice(1)
  return rows.map((row) => {
    const columns = row.trim().split(/\s+/)
    return {
      family,
      local: columns[1] ?? '',
      remote: columns[2] ?? '',
      state: columns[3] ?? '',
      inode: columns[9] ?? '',
    }
  })
}

function unixSockets(pid: number) {
  const rows = readFileSync(`/proc/${pid}/net/unix`, 'utf8').trim().split('\n').slice(1)
  return rows
    .map((row) => row.trim().split(/\s+/))
    .filter((columns) => (Number.parseInt(columns[3] ?? '0', 16) & acceptsConnections) !== 0)
    .map((columns) => ({ family: 'unix', state: 'listening', local: columns[7] ?? '', inode: columns[6] ?? '' }))
}
