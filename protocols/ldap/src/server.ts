/**
 * A small LDAP server over a directory in memory: LDAP, LDAPS and StartTLS, simple bind,
 * search with paging. It reads; it has no write operations.
 *
 * For the sample office and for tests. Not a directory for a real office: everything
 * is in memory and every search looks at every entry.
 *
 * @module
 */
import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'
import { createServer as createTlsServer, createSecureContext, type SecureContextOptions } from 'node:tls'
import type { Control } from './controls.ts'
import type { LdapResult } from './message.ts'
import { ServerConnection } from './server-connection.ts'
import type { LdapTree } from './tree.ts'

export interface BindDecision {
  readonly result: LdapResult
  readonly controls?: readonly Control[]
}

export interface LdapServerOptions {
  readonly tree: LdapTree
  /** Decides on a simple bind with a name and a password that is not empty. */
  readonly authenticate: (name: string, password: string) => BindDecision
  readonly tls?: Pick<SecureContextOptions, 'cert' | 'key' | 'minVersion' | 'maxVersion'>
  /** Entries in one unpaged answer; as in OpenLDAP, a paged search is not limited by it. */
  readonly sizeLimit?: number
  /** Refuse binds with a password, and searches, on a connection without TLS. */
  readonly requireTls?: boolean
  readonly allowAnonymousSearch?: boolean
  readonly maxConnections?: number
}

export interface LdapServer {
  /** Each port that was asked for. */
  readonly ldapPort: number | undefined
  readonly ldapsPort: number | undefined
  /** Binds seen, accepted or not: for tests that a password was not sent. */
  readonly counts: { readonly binds: number; readonly searches: number; readonly connections: number }
  stop(): Promise<void>
}

export interface Listen {
  readonly host: string
  /** 0: any free one. Absent: not served. */
  readonly ldap?: number
  readonly ldaps?: number
}

export async function startLdapServer(options: LdapServerOptions, listen: Listen): Promise<LdapServer> {
  const counts = { binds: 0, searches: 0, connections: 0 }
  const secureContext = options.tls === undefined ? undefined : createSecureContext(options.tls)
  const sockets = new Set<Socket>()
  const accept = (socket: Socket, isEncrypted: boolean) => {
    counts.connections++
    if (sockets.size >= (options.maxConnections ?? 200)) {
      socket.destroy()
      return
    }
    sockets.add(socket)
    socket.once('close', () => sockets.delete(socket))
    new ServerConnection(socket, isEncrypted, { options, secureContext, counts })
  }
  const servers: Server[] = []
  const open = async (server: Server, port: number): Promise<number> => {
    servers.push(server)
    await new Promise<void>((resolve, reject) => {
      server.once('error', reject)
      server.listen(port, listen.host, resolve)
    })
    return (server.address() as AddressInfo).port
  }
  const stop = async () => {
    for (const socket of sockets) socket.destroy()
    await Promise.all(servers.map((server) => new Promise<void>((resolve) => server.close(() => resolve()))))
  }
  try {
    const ldapPort =
      listen.ldap === undefined
        ? undefined
        : await open(
            createServer({ noDelay: true }, (socket) => accept(socket, false)),
            listen.ldap,
          )
    let ldapsPort: number | undefined
    if (listen.ldaps !== undefined) {
      if (options.tls === undefined) throw new Error('LDAPS needs a certificate')
      const server = createTlsServer({ ...options.tls, noDelay: true, handshakeTimeout: 5000 }, (socket) =>
        accept(socket, true),
      )
      // A handshake that fails is the client's news, not ours.
      server.on('tlsClientError', (_error, socket) => socket.destroy())
      ldapsPort = await open(server, listen.ldaps)
    }
    return { ldapPort, ldapsPort, counts, stop }
  } catch (error) {
    await stop()
    throw error
  }
}
