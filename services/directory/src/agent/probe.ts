/**
 * Probing: whether a server does its work, found out where nobody waits for it.
 *
 * No password is sent: it connects, encrypts, and reads what every directory says of
 * itself. A server that is starting or shutting down says so here as well.
 *
 * @module
 */
import { present, resultCodes } from '@sallygate/protocol-ldap'
import { startTrace, type OperationContext } from '@sallygate/service-kit'
import { failureOf, translate } from './answers.ts'
import { within } from './deadline.ts'
import { dial, type Dialer } from './dial.ts'
import type { ServerAddress } from './server-entry.ts'

const bounds = { maxEntries: 1, maxBytes: 256 * 1024 }
const isDown = new Set<number>([resultCodes.busy, resultCodes.unavailable])

export async function probeServer(dialer: Dialer, server: ServerAddress, signal: AbortSignal): Promise<void> {
  const { clock } = dialer.host
  const { connectTimeoutMs, operationTimeoutMs } = dialer.plan.settings
  const endsMs = clock.monotonicMs() + 4 * connectTimeoutMs + operationTimeoutMs
  const context: OperationContext = {
    remainingMs: () => Math.max(0, endsMs - clock.monotonicMs()),
    signal,
    actingGroup: '',
    component: 'probe',
    requestId: '',
    limits: {},
    trace: startTrace(clock),
  }
  const dialed = await dial(dialer, server, context)
  try {
    const request = {
      base: '',
      scope: 'base',
      sizeLimit: 1,
      timeLimitSeconds: 5,
      typesOnly: false,
      filter: present('objectClass'),
      attributes: ['supportedLDAPVersion'],
    } as const
    const { result } = await within(clock, context, operationTimeoutMs, (limit) =>
      dialed.session.search(request, [], bounds, limit, () => {}),
    )
    // Any other answer is one: not everybody may read the root, and a server that says so is up.
    if (isDown.has(result.code)) throw failureOf(result, dialed.label)
  } catch (error) {
    throw translate(error, dialed.label)
  } finally {
    dialed.session.close()
  }
}
