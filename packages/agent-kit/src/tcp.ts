/**
 * TCP to one address that policy allowed.
 *
 * @module
 */
import { connect, type Socket } from 'node:net'
import type { FailureOptions } from '@sallygate/base/failure'
import type { Target } from '@sallygate/service-kit'
import { codeOf, settled } from './settled.ts'

/** A host that has gone is found out about within about twice this, as long as nothing is written. */
const keepAliveMs = 10_000

/** @throws what `unreachable` makes of the address and the system's reason; the signal's reason. */
export async function connectTcp(
  target: Target,
  signal: AbortSignal,
  unreachable: (options: FailureOptions) => Error,
): Promise<Socket> {
  signal.throwIfAborted()
  const socket = connect({
    host: target.address,
    port: target.port,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: keepAliveMs,
  })
  await settled(socket, 'connect', signal, (cause) =>
    unreachable({ cause, details: { address: `${target.address}:${target.port}`, reason: codeOf(cause) } }),
  )
  return socket
}
