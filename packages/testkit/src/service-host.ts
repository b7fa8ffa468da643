/**
 * A host and contexts for agents under test: no policy, no relay, the names given here.
 *
 * @module
 */
import { systemClock, type Clock } from '@sallygate/base/clock'
import { silentLog, type Log } from '@sallygate/base/log'
import {
  startTrace,
  type OperationContext,
  type LocatedHost,
  type ServiceHost,
  type Target,
} from '@sallygate/service-kit'

export interface TestHostOptions {
  readonly clock?: Clock
  /** Addresses by name; a name that is not here is its own address. */
  readonly addresses?: Readonly<Record<string, string>>
  readonly target?: (host: string, port: number) => Promise<Target>
  /** What DNS names, by the name that is asked for. Default: nothing. */
  readonly locate?: (name: string) => Promise<readonly LocatedHost[]>
  readonly log?: Log
}

export interface TestHost extends ServiceHost {
  /** What was asked for, in order. */
  readonly asked: readonly string[]
}

export function testServiceHost(options: TestHostOptions = {}): TestHost {
  const asked: string[] = []
  return {
    clock: options.clock ?? systemClock,
    log: options.log ?? silentLog,
    signal: new AbortController().signal,
    asked,
    async target(host, port) {
      asked.push(`${host}:${port}`)
      if (options.target !== undefined) return options.target(host, port)
      return { address: options.addresses?.[host] ?? host, port, serverName: host }
    },
    locate: async (name) => options.locate?.(name) ?? [],
  }
}

export interface TestContextOptions {
  readonly clock?: Clock
  readonly deadlineMs?: number
  readonly signal?: AbortSignal
  readonly actingGroup?: string
  readonly limits?: OperationContext['limits']
}

export function testContext(options: TestContextOptions = {}): OperationContext {
  const clock = options.clock ?? systemClock
  const endsMs = clock.monotonicMs() + (options.deadlineMs ?? 30_000)
  return {
    remainingMs: () => Math.max(0, endsMs - clock.monotonicMs()),
    signal: options.signal ?? new AbortController().signal,
    actingGroup: options.actingGroup ?? 'a'.repeat(32),
    component: 'other',
    requestId: 'b'.repeat(32),
    limits: options.limits ?? {},
    trace: startTrace(clock),
  }
}
