/**
 * Whether a port can be had, asked before anything is started.
 *
 * @module
 */
import { createServer } from 'node:net'
import { listenFailure } from '@sallygate/base/failures'

/** @throws LISTEN_PORT_TAKEN, LISTEN_NOT_ALLOWED, naming the part that wanted it. */
export function requireFreePort(host: string, port: number, part: string): Promise<void> {
  return new Promise((resolve, reject) => {
    const probe = createServer()
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      const key = cause.code === 'EADDRINUSE' ? 'PORT_TAKEN' : 'NOT_ALLOWED'
      reject(listenFailure(key, { cause, details: { host, port, part } }))
    })
    probe.listen(port, host, () => probe.close(() => resolve()))
  })
}
