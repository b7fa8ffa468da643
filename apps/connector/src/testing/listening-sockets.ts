/**
 * Sockets a process listens on, read from /proc, for tests.
 *
 * Of every family: TCP in state LISTEN, Unix sockets that accept, and UDP sockets that
 * are bound without a peer. Linux only; elsewhere `undefined`.
 *
 * @module
 */
import { existsSync, readdirSync, readFileSync, readlinkSync } from 'node:fs'

export function listeningSockets(pid: number): readonly string[] | undefined {
  if (!existsSync(`/proc/${pid}/net/tcp`)) return undefined
  const own = socketInodes(pid)
  return [
    ...inet(pid, 'tcp', own, '0A'),
    ...inet(pid, 'tcp6', own, '0A'),
    // TCP_CLOSE is how a UDP socket looks that has no peer, so that anybody may send to it.
    ...inet(pid, 'udp', own, '07'),
    ...inet(pid, 'udp6', own, '07'),
    ...unix(pid, own),
  ]
}

function socketInodes(pid: number): ReadonlySet<string> {
  const inodes = readdirSync(`/proc/${pid}/fd`).flatMap((fd) => {
    try {
      return /^socket:\[(\d+)\]$/.exec(readlinkSync(`/proc/${pid}/fd/${fd}`))?.[1] ?? []
    } catch {
      // Closed since the folder was read.
      return []
    }
  })
  return new Set(inodes)
}

/** proc_net_tcp(5): local address, remote address, state; the inode is the tenth column. */
function inet(pid: number, family: string, own: ReadonlySet<string>, state: string): readonly string[] {
  const path = `/proc/${pid}/net/${family}`
  if (!existsSync(path)) return []
  return rowsOf(path)
    .filter((row) => row[3] === state && own.has(row[9] ?? ''))
    .map((row) => `${family} ${row[1]}`)
}

/** unix(7), /proc/net/unix: the fourth column holds flags, of which __SO_ACCEPTCON says that it listens. */
function unix(pid: number, own: ReadonlySet<string>): readonly string[] {
  return rowsOf(`/proc/${pid}/net/unix`)
    .filter((row) => (Number.parseInt(row[3] ?? '0', 16) & 0x1_0000) !== 0 && own.has(row[6] ?? ''))
    .map((row) => `unix ${row[7] ?? '(unnamed)'}`)
}

function rowsOf(path: string): readonly (readonly string[])[] {
  const [, ...lines] = readFileSync(path, 'utf8').trimEnd().split('\n')
  return lines.map((line) => line.trim().split(/\s+/))
}
