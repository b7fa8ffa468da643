/**
 * Waiting for one event of a socket; an error, an end or the signal destroys it.
 *
 * @module
 */
import type { Socket } from 'node:net'

/** @throws what `describe` makes of an error or an end that came first; the signal's reason. */
export function settled(
  socket: Socket,
  event: string,
  signal: AbortSignal,
  describe: (error: Error) => Error,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const finish = (failure?: unknown) => {
      socket.off(event, onEvent)
      socket.off('error', onError)
      socket.off('close', onClose)
      signal.removeEventListener('abort', onAbort)
      if (failure === undefined) return resolve()
      // What still goes wrong with it is nobody's concern any more.
      socket.on('error', () => {})
      socket.destroy()
      return reject(failure)
    }
    const onEvent = () => finish()
    const onError = (error: Error) => finish(describe(error))
    const onClose = () => finish(describe(Object.assign(new Error('closed'), { code: 'closed by the server' })))
    const onAbort = () => finish(signal.reason)
    if (signal.aborted) return onAbort()
    socket.once(event, onEvent)
    socket.once('error', onError)
    socket.once('close', onClose)
    signal.addEventListener('abort', onAbort, { once: true })
  })
}

/** What the system, or OpenSSL, calls it: `ECONNREFUSED`. */
export function codeOf(error: Error): string {
  return (error as NodeJS.ErrnoException).code ?? error.message.slice(0, 100)
}
