/**
 * Opening a port of the sample office: on this machine only, or a failure that says which port and why.
 *
 * @module
 */
import { listenFailure } from '@sallygate/base/failures'

export const address = '127.0.0.1'

interface Opening {
  once(event: 'error', refused: (cause: NodeJS.ErrnoException) => void): unknown
}

/** @throws LISTEN_PORT_TAKEN, LISTEN_NOT_ALLOWED. */
export function listening(server: Opening, port: number, open: (done: () => void) => unknown): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', (cause) => reject(notOpened(cause, port)))
    open(resolve)
  })
}

export function notOpened(cause: NodeJS.ErrnoException, port: number): Error {
  const key = cause.code === 'EADDRINUSE' ? 'PORT_TAKEN' : 'NOT_ALLOWED'
  return listenFailure(key, { cause, details: { address, port } })
}
