/**
 * The way to a server: name and policy, TCP, TLS; each step a span of its own, within the time for connecting.
 *
 * What is said once it stands is the service's.
 *
 * @module
 */
import type { Socket } from 'node:net'
import type { Duplex } from 'node:stream'
import type { FailureDetails } from '@sallygate/base/failure'
import { certificateNames } from '@sallygate/base/peer-chain'
import type { OperationContext, ServiceHost, Target } from '@sallygate/service-kit'
import { abortable } from './abortable.ts'
import type { ConnectionFailures } from './connection-failures.ts'
import { secure, type ExpectedServer, type Secured } from './secure.ts'
import { connectTcp } from './tcp.ts'
import { timeLimit } from './time-limit.ts'

export interface ApproachOptions {
  readonly host: Pick<ServiceHost, 'target' | 'clock'>
  readonly context: OperationContext
  /** For each step. */
  readonly limitMs: number
  /** Whom it is about, by the service's word for it: `{ server: 'dc1.corp.test:636' }`. */
  readonly about: FailureDetails
  readonly failures: ConnectionFailures
  /** What a step throws, as the service says it. */
  readonly translate?: (error: unknown) => unknown
}

export interface ServerToReach {
  readonly host: string
  readonly port: number
  /** Where its certificate carries another name than the one it is reached by. */
  readonly certificateName?: string | undefined
}

export interface Approach {
  /** Runs another step of it, such as asking for TLS, within the same time. */
  limited<T>(step: (signal: AbortSignal) => Promise<T>): Promise<T>
  /** @throws what policy says, and that the name is not found. */
  find(host: string, port: number): Promise<Target>
  connect(target: Target): Promise<Socket>
  /** Both, with the name that a certificate has to carry. */
  reach(server: ServerToReach): Promise<{ readonly socket: Socket; readonly name: string }>
  encrypt(stream: Duplex, expected: ExpectedServer): Promise<Secured>
}

export function approach(options: ApproachOptions): Approach {
  const { host, context, limitMs, about, translate } = options
  const { unreachable, tlsFailure } = options.failures
  const { trace } = context
  const within = timeLimit(() => unreachable({ details: { ...about, reason: 'no answer in time' } }))
  const limited: Approach['limited'] = async (step) => {
    try {
      return await within(host.clock, context, limitMs, step)
    } catch (error) {
      throw translate?.(error) ?? error
    }
  }
  const find: Approach['find'] = (name, port) =>
    trace.span('dns', async (note) => {
      const found = await limited((signal) => abortable(host.target(name, port), signal))
      note({ ...about, address: found.address })
      return found
    })
  const connect: Approach['connect'] = (target) =>
    trace.span('tcp', () => limited((signal) => connectTcp(target, signal, unreachable)))
  return {
    limited,
    find,
    connect,
    async reach(server) {
      const target = await find(server.host, server.port)
      return { socket: await connect(target), name: server.certificateName ?? target.serverName }
    },
    encrypt: (stream, expected) =>
      trace.span('tls', async (note) => {
        const secured = await limited((signal) => secure(stream, expected, signal, tlsFailure))
        const { protocol, certificate, isVerified } = secured
        note({ name: expected.name, protocol, names: certificateNames(certificate), isVerified })
        return secured
      }),
  }
}
