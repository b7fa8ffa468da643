/**
 * Everything by which other people's agents and servers tell of devices, made in order and connected.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { MdmSource, Store } from '@sallygate/store'
import type { InventoryPort } from '../devices/ports.ts'
import type { Events } from '../events/events.ts'
import { AgentReception } from '../inventory-agents/reception.ts'
import { SourceSchedule } from './schedule.ts'
import { checkSource } from './source-check.ts'
import { SourceBook } from './source-book.ts'
import { SourceRunner } from './source-runner.ts'
import { targetRule } from './target-rule.ts'

export interface SourceAssemblyParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly inventory: InventoryPort
  /** The setting `sourceAddresses`. */
  readonly allowed: string | undefined
  readonly events: () => Pick<Events, 'raise'>
}

export function assembleSources(parts: SourceAssemblyParts) {
  const { store, clock, log, inventory, allowed, events } = parts
  const admits = targetRule(allowed)
  const book = new SourceBook(store)
  const runner = new SourceRunner({ store, inventory, clock, log, admits, events })
  const schedule = new SourceSchedule({ store, runner, clock, log })
  const reception = new AgentReception({ secrets: store.agentSecrets, inventory, clock, log })
  schedule.start()
  return {
    book,
    runner,
    admits,
    check: (source: MdmSource) => checkSource(source, { store, clock, admits }),
    rawRoutes: reception.routes(),
    stop: () => schedule.stop(),
  }
}
