/**
 * What a TLS-inspecting proxy does inside a tunnel: opens the client's TLS with a certificate of its own authority,
 * speaks TLS to the server itself, and keeps everything that was said in between.
 *
 * *Simulated*; squid's ssl-bump is the real one, in `interop/proxies`.
 *
 * @module
 */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import { connect as connectTls, createSecureContext, TLSSocket } from 'node:tls'
import type { TlsServerIdentity } from './tls-server-identity.ts'

export interface Inspection {
  /** What one client said, in the clear, for each tunnel. */
  readonly said: Buffer[]
  /** And what it was answered. */
  readonly answered: Buffer[]
  readonly inside: (client: Duplex, upstream: Socket) => void
}

export interface InspectionOptions {
  readonly identity: TlsServerIdentity
  /** Of the server, in PEM: a proxy of this kind does verify. */
  readonly serverAuthority: string
  readonly serverName: string
  /** Answers a WebSocket upgrade with this instead of passing it on. */
  readonly upgradeAnswer?: string
}

export function inspection(options: InspectionOptions): Inspection {
  const { identity, serverAuthority, serverName, upgradeAnswer } = options
  const [said, answered]: [Buffer[], Buffer[]] = [[], []]
  return {
    said,
    answered,
    inside(client, upstream) {
      const tunnel = said.length
      said.push(Buffer.alloc(0))
      answered.push(Buffer.alloc(0))
      const inner = new TLSSocket(client as Socket, { isServer: true, secureContext: createSecureContext(identity) })
      const outer = connectTls({ socket: upstream, servername: serverName, ca: serverAuthority })
      for (const socket of [inner, outer]) socket.on('error', () => socket.destroy())
      inner.on('data', (chunk: Buffer) => {
        said[tunnel] = Buffer.concat([said[tunnel] ?? Buffer.alloc(0), chunk])
        const isUpgrade = /\r\nupgrade: *websocket\r\n/i.test(chunk.toString('latin1'))
        if (upgradeAnswer !== undefined && isUpgrade) inner.end(upgradeAnswer)
        else outer.write(chunk)
      })
      outer.on('data', (chunk: Buffer) => {
        answered[tunnel] = Buffer.concat([answered[tunnel] ?? Buffer.alloc(0), chunk])
        inner.write(chunk)
      })
      inner.on('close', () => outer.destroy())
      outer.on('close', () => inner.destroy())
    },
  }
}
