/**
 * A line that is cut, or falls silent, in the worst moment: after the final dot has arrived, before its answer has.
 *
 * It sees plain SMTP only. The server gets everything; the client is left without a word.
 *
 * @module
 */
import { connect, createServer, type AddressInfo, type Socket } from 'node:net'

export interface CuttingProxy {
  readonly port: number
  /** Connections that are still to be cut. */
  cuts: number
  /** Connections that are still to fall silent instead: open, and the answer is kept back. */
  silences: number
  /** How many have. */
  readonly silent: number
  stop(): Promise<void>
}

const finalDot = '\r\n.\r\n'

export async function startCuttingProxy(to: number): Promise<CuttingProxy> {
  const sockets = new Set<Socket>()
  const proxy = { cuts: 0, silences: 0, silent: 0 }
  const server = createServer((client) => {
    const upstream = connect({ host: '127.0.0.1', port: to })
    for (const socket of [client, upstream]) {
      sockets.add(socket)
      socket.on('close', () => sockets.delete(socket))
      socket.on('error', () => socket.destroy())
    }
    let tail = ''
    let isMessage = false
    let isCut = false
    let isSilent = false
    client.on('data', (chunk: Buffer) => {
      tail = (tail + chunk.toString('latin1')).slice(-2000)
      if (/\r\nDATA\r\n/i.test(`\r\n${tail}`)) isMessage = true
      if (isMessage && tail.endsWith(finalDot) && proxy.cuts > 0) {
        proxy.cuts--
        isCut = true
      } else if (isMessage && tail.endsWith(finalDot) && proxy.silences > 0) {
        proxy.silences--
        isSilent = true
      }
      upstream.write(chunk)
    })
    upstream.on('data', (chunk: Buffer) => {
      // It has the message, and nobody is told.
      if (isSilent) return void proxy.silent++
      if (!isCut) return void client.write(chunk)
      // The server has said what it has to say, so it has the message; nobody hears it.
      client.destroy()
      return void upstream.end()
    })
    client.on('end', () => upstream.end())
    upstream.on('end', () => client.end())
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return Object.assign(proxy, {
    port: (server.address() as AddressInfo).port,
    async stop() {
      for (const socket of sockets) socket.destroy()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  })
}
