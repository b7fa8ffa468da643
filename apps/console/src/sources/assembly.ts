/**
 * Everything by which other people's agents and servers tell of devices, made in order and connected.
 *
 * @module
 */
import type { Bytes } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { consoleMark } from '@sallygate/domain'
import type { MdmSource, Store } from '@sallygate/store'
import type { InventoryPort } from '../devices/ports.ts'
import type { Events } from '../events/events.ts'
import { AgentReception } from '../inventory-agents/reception.ts'
import { FactsDesk } from '../nac/facts-desk.ts'
import { ConsolesBehind } from './consoles-behind.ts'
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
  /** Public key with which this console signs nac's feed: by it our own answers are known. */
  readonly feedKey: Bytes
  /** The setting `sourceAddresses`. */
  readonly allowed: string | undefined
  readonly events: () => Pick<Events, 'raise'>
}

export function assembleSources(parts: SourceAssemblyParts) {
  const { store, clock, log, inventory, allowed, events } = parts
  const admits = targetRule(allowed)
  const ownMark = consoleMark(parts.feedKey)
  const facts = new FactsDesk(store)
  const behind = new ConsolesBehind({ store, tell: (marks) => facts.readsFrom(marks) })
  const book = new SourceBook(store, behind)
  const runner = new SourceRunner({ store, inventory, clock, log, admits, ownMark, behind, events })
  const schedule = new SourceSchedule({ store, runner, clock, log })
  const reception = new AgentReception({ secrets: store.agentSecrets, inventory, clock, log })
  schedule.start()
  return {
    book,
    runner,
    admits,
    check: (source: MdmSource) => checkSource(source, { store, clock, admits, ownMark }),
    rawRoutes: reception.routes(),
    stop: () => schedule.stop(),
  }
}
