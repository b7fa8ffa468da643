/**
 * Connection tests: of the relay, a connector or a service. Each leaves a trace, and the newest are kept.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import type { CheckRow } from '@sallygate/service-kit'
import type { Store, StoredTrace } from '@sallygate/store'
import type { Dispatcher } from '../calls/dispatcher.ts'
import type { Duties } from '../connectors/duties.ts'
import type { BookEntry } from '../connectors/instance-book.ts'
import type { Serving } from '../connectors/serving.ts'
import { consoleFailure } from '../failures.ts'
import { pageByNumber, readNumberCursor, type PageAsked } from '../http/paging.ts'
import {
  walkCheck,
  walkPresence,
  walkSettings,
  type ConnectorHopParts,
  type ServiceHopParts,
} from './connector-hops.ts'
import { HopList } from './hop-list.ts'
import { walkRelay, type RelayHopParts } from './relay-hops.ts'
import { backEndHops, hopOfRow } from './service-hops.ts'
import { traceSchema, verdictOf, type Trace, type TraceTarget } from './trace.ts'

export interface ConnectionTestParts extends RelayHopParts, ConnectorHopParts, ServiceHopParts {
  readonly store: Pick<Store, 'traces'>
  readonly serving: Serving
  readonly dispatcher: Dispatcher
  readonly duties: Duties
  readonly isDirect: (instance: string) => boolean
}

/** Of each target. */
const kept = 50

export interface Started {
  readonly id: string
  /** Only bugs, and a store that takes nothing, reject. */
  readonly done: Promise<Trace>
}

export class ConnectionTests {
  readonly #parts: ConnectionTestParts
  readonly #running = new Map<string, () => Trace>()

  constructor(parts: ConnectionTestParts) {
    this.#parts = parts
  }

  relay(signal: AbortSignal): Started {
    return this.#run({ kind: 'relay', name: 'relay' }, (list) => walkRelay(this.#parts, list, signal))
  }

  connector(entry: BookEntry, signal: AbortSignal): Started {
    const { id, name, group } = entry
    return this.#run({ kind: 'connector', name, id, group }, async (list) => {
      await walkRelay(this.#parts, list, signal)
      await walkPresence(this.#parts, list, () => entry)
      await walkCheck(this.#parts, list, {
        entry: () => entry,
        service: 'instance',
        actingGroup: group,
        signal,
        expected: [],
        whoOf: ({ target }: CheckRow) => ({ name: target, by: 'connector' }) as const,
      })
    })
  }

  /** @param only Through this connector; otherwise through one that takes work, the least loaded. */
  service(group: string, service: string, only: BookEntry | undefined, signal: AbortSignal): Started {
    const target: TraceTarget = { kind: 'service', name: service, group }
    return this.#run(target, async (list) => {
      let entry = only
      await list.walk({ name: 'settings', by: 'console' }, async () => {
        entry ??= await this.#carrierOf(group, service)
        return `The service is on, and ${entry === undefined ? 'its connectors carry it' : `${entry.name} carries it`}.`
      })
      await walkRelay(this.#parts, list, signal)
      const find = () => entry ?? this.#nobody()
      await walkPresence(this.#parts, list, find)
      await walkSettings(this.#parts, list, service, find)
      const expected = backEndHops(service)
      await walkCheck(this.#parts, list, {
        entry: find,
        service,
        actingGroup: group,
        signal,
        expected,
        whoOf: hopOfRow,
      })
    })
  }

  async find(id: string): Promise<Trace | undefined> {
    const running = this.#running.get(id)
    if (running !== undefined) return running()
    const found = await this.#parts.store.traces.find(id)
    return found === undefined ? undefined : read(found)
  }

  /** A page, newest first. */
  async list(group: string | undefined, target: TraceTarget | undefined, { limit, cursor }: PageAsked) {
    const key = target === undefined ? undefined : keyOf(target)
    const before = readNumberCursor(cursor)
    const found = await this.#parts.store.traces.list({ group, target: key, before, limit: limit + 1 })
    const { items, ...more } = pageByNumber(found, ({ number }) => number, limit)
    return { traces: items.map(read), ...more }
  }

  /** A running one can be asked for by its id; what came of it is kept when it is over. */
  #run(target: TraceTarget, walk: (list: HopList) => Promise<void>): Started {
    const { clock, store } = this.#parts
    const id = toHex(randomBytes(16))
    const startedAt = clock.now().toISOString()
    const list = new HopList(clock)
    this.#running.set(id, () => ({
      ...traceOf({ id, target, startedAt }, list, 'running'),
      ...(list.walking === undefined ? {} : { walking: list.walking }),
    }))
    const done = (async () => {
      try {
        await walk(list)
        const trace = traceOf({ id, target, startedAt }, list, 'done')
        await store.traces.put({ id, target: keyOf(target), group: target.group, content: JSON.stringify(trace) }, kept)
        return trace
      } finally {
        this.#running.delete(id)
      }
    })()
    return { id, done }
  }

  /** `undefined` while none is attached: the hops of the way are walked before that is said. @throws what forbids a call. */
  async #carrierOf(group: string, service: string): Promise<BookEntry | undefined> {
    const { services, serving, sessions, dispatcher, duties, isDirect, book } = this.#parts
    if (!(await services.isOn(group, service))) throw consoleFailure('SERVICE_OFF', { details: { service } })
    const served = await serving.of(group, service, 'other')
    const live = sessions.live(served.group).filter(({ instance }) => isDirect(instance) === served.isDirect)
    const working = live.filter(({ instance }) => duties.of(instance).state === 'active')
    if (live.length > 0 && working.length === 0)
      throw consoleFailure('CONNECTORS_PAUSED', { details: { paused: live.length } })
    const load = (instance: string) => dispatcher.loadOf(instance).inFlight
    const [least] = working.toSorted((a, b) => load(a.instance) - load(b.instance))
    if (least !== undefined) return book.find(least.instance)
    const enrolled = book.list(served.group).filter((entry) => book.isGood(entry))
    // Where there is only one, what is known of it says more than that nobody is there.
    return enrolled.length === 1 ? enrolled[0] : undefined
  }

  #nobody(): never {
    throw consoleFailure('NO_CONNECTOR_ATTACHED')
  }
}

function traceOf(about: Pick<Trace, 'id' | 'target' | 'startedAt'>, list: HopList, state: Trace['state']): Trace {
  const { hops, elapsedMs: durationMs } = list
  return { ...about, durationMs, state, verdict: verdictOf(hops), hops: [...hops] }
}

function keyOf({ kind, name, id, group }: TraceTarget): string {
  if (kind === 'relay') return kind
  return kind === 'connector' ? `connector/${id ?? ''}` : `service/${group ?? ''}/${name}`
}

function read({ content }: StoredTrace): Trace {
  return traceSchema.parse(JSON.parse(content))
}
