/**
 * A service: a contract and the function that starts its agent.
 *
 * What `start` opens belongs to what it returns, and is let go of by `stop`.
 *
 * @module
 */
import type { Contract, OperationsOf, ParamsOf, ResultOf, SettingsOf } from './contract.ts'
import type { OperationContext, ServiceHost } from './context.ts'
import type { Reconcilers } from './reconcile.ts'

export type Health =
  | { readonly kind: 'healthy' }
  | { readonly kind: 'degraded'; readonly code: string; readonly reason: string; readonly fix: string }

export type OperationHandlers<C> = {
  readonly [K in keyof OperationsOf<C>]: (params: ParamsOf<C, K>, context: OperationContext) => Promise<ResultOf<C, K>>
}

export interface RunningService<C> {
  readonly operations: OperationHandlers<C>
  /** One for every operation of class N; a service that leaves one out does not start. */
  readonly reconcile?: Reconcilers<C>
  health(): Health
  /** Ends what is in flight with SERVICE_STOPPED, and lets go of everything. Safe to call twice. */
  stop(): Promise<void>
}

export interface Service<C = Contract> {
  readonly contract: C
  /**
   * Must not need the back-end to be up: a directory that is down for a minute makes a
   * degraded service, not a failed one. Fails on settings it cannot use.
   */
  start(settings: SettingsOf<C>, host: ServiceHost): Promise<RunningService<C>>
}

export function defineService<C extends Contract>(contract: C, start: Service<C>['start']): Service<C> {
  return { contract, start }
}
