/**
 * The inventory: takes what sources say, and keeps one picture of each device.
 *
 * Reports that arrive together are written together: they share one wait for the disk. A
 * report that cannot be written costs no others.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { matchDevice, readIdentifiers, type DeviceReport } from '@sallygate/domain'
import { storeFailure, type SourceId, type Store, type StoredDevice } from '@sallygate/store'
import type { Events } from '../events/events.ts'
import { DeviceWriter } from './device-writer.ts'
import type { InventoryPort, Reported } from './ports.ts'
import { candidateOf, groundOf, sourceIdOf, statementsOf } from './report-ground.ts'
import type { RuleBook, Rules } from './rule-book.ts'
import { TwinNotices, type Twins } from './twin-notices.ts'

export interface InventoryParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly rules: RuleBook
  readonly events: () => Pick<Events, 'raise'>
}

interface Waiting {
  readonly report: DeviceReport
  readonly resolve: (reported: Reported) => void
  readonly reject: (error: unknown) => void
}

/** Ten seconds of the most that a disk takes. Beyond it, refusing is honest; agents come again. */
const mostWaiting = 5000
/** What one transaction may hold up: a few tens of milliseconds. */
const mostTogether = 32

export class Inventory implements InventoryPort {
  readonly #parts: InventoryParts
  readonly #notices: TwinNotices
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined

  constructor(parts: InventoryParts) {
    this.#parts = parts
    this.#notices = new TwinNotices(parts.clock, parts.events)
  }

  report(report: DeviceReport): Promise<Reported> {
    if (this.#waiting.length >= mostWaiting) return Promise.reject(storeFailure('BUSY'))
    const promise = new Promise<Reported>((resolve, reject) => this.#waiting.push({ report, resolve, reject }))
    this.#writing ??= this.#write()
    return promise
  }

  async withdraw({ group, source, sourceId }: SourceId): Promise<void> {
    const rules = await this.#rulesWith(group)
    await this.#parts.store.transaction(async (inside) => {
      await inside.devices.hold()
      const before = await inside.devices.ofSource({ group, source, sourceId })
      if (before === undefined || before.state === 'deleted' || rules.of(before.group) === undefined) return
      const statements = before.statements.filter((statement) => statement.source !== source)
      const sourceIds = before.sourceIds.filter((one) => one.source !== source || one.sourceId !== sourceId)
      const isLast = statements.length === 0
      const state = isLast && before.state === 'enrolled' ? 'unenrolled' : before.state
      const stateAtMs = state === before.state ? before.stateAtMs : this.#nowMs
      // The last word stays to be looked at; it counts for nothing, as the device is not enrolled.
      const ground = { ...before, state, stateAtMs, sourceIds, statements: isLast ? before.statements : statements }
      const writer = new DeviceWriter(this.#parts.clock, inside, rules)
      await writer.write({ ...ground, ...(isLast ? { isWithdrawn: true } : {}) }, before, [
        { kind: 'withdrawn', details: { source } },
      ])
    })
  }

  /** Resolves when nothing is being written. */
  async settled(): Promise<void> {
    await this.#writing
  }

  get #nowMs(): number {
    return this.#parts.clock.now().getTime()
  }

  async #write(): Promise<void> {
    try {
      while (this.#waiting.length > 0) {
        const batch = this.#waiting.splice(0, mostTogether)
        if (batch.length > 1 && (await this.#together(batch))) continue
        for (const waiting of batch) await this.#together([waiting], waiting.reject)
      }
    } finally {
      this.#writing = undefined
    }
  }

  /** @returns whether it was written. */
  async #together(batch: readonly Waiting[], onFailure?: (error: unknown) => void): Promise<boolean> {
    try {
      const rules = await this.#rulesWith(...batch.map(({ report }) => report.group))
      const twins: Twins[] = []
      const done = await this.#parts.store.transaction(async (inside) => {
        await inside.devices.hold()
        const writer = new DeviceWriter(this.#parts.clock, inside, rules)
        const outcomes: Reported[] = []
        for (const { report } of batch) outcomes.push(await this.#take(writer, report, twins))
        return outcomes
      })
      for (const [at, waiting] of batch.entries()) waiting.resolve(done[at] ?? { device: '', kind: 'ignored' })
      this.#notices.tell(twins)
      return true
    } catch (error) {
      onFailure?.(error)
      return false
    }
  }

  async #take(writer: DeviceWriter, report: DeviceReport, twins: Twins[]): Promise<Reported> {
    const ignored: Reported = { device: report.device ?? '', kind: 'ignored' }
    const rules = writer.rules.of(report.group)
    if (rules === undefined) return ignored
    const identifiers = readIdentifiers(report.identifiers)
    const named = sourceIdOf(report)
    const known = await writer.inside.devices.sharing(identifiers, named)
    const scope = writer.rules.within(report.group)
    const candidates = known.filter(({ group }) => scope.has(group))
    const match = matchDevice(
      identifiers,
      candidates.map((one) => candidateOf(one, named)),
      {
        hasSourceId: named !== undefined,
        ignoredMacs: rules.ignoredMacs,
      },
    )
    const before = await this.#deviceOf(writer, report, match.device, candidates)
    if (before === undefined && (report.device !== undefined || match.kind === 'nobody')) return ignored
    const statements = statementsOf(before?.statements ?? [], report, identifiers, this.#nowMs)
    if (statements === undefined) return ignored
    const ground = groundOf(before, report, statements, named, this.#nowMs)
    const after = await writer.write(ground, before)
    const others = match.twins.filter((id) => id !== after.id)
    const other = match.device === undefined || match.device === after.id ? others : [match.device, ...others]
    if (other.length > 0) twins.push([after, other])
    return { device: after.id, kind: before === undefined ? 'added' : 'updated' }
  }

  /** A credential says which device it is, whatever else is said; it speaks of no device outside its group. */
  async #deviceOf(
    { inside, rules }: DeviceWriter,
    { device: id, group }: DeviceReport,
    matched: string | undefined,
    candidates: readonly StoredDevice[],
  ): Promise<StoredDevice | undefined> {
    if (id === undefined) return candidates.find((one) => one.id === matched)
    const device = await inside.devices.find(id)
    const isOurs = device !== undefined && device.state !== 'deleted' && rules.within(group).has(device.group)
    return isOurs ? device : undefined
  }

  async #rulesWith(...groups: readonly string[]): Promise<Rules> {
    const { rules } = this.#parts
    const current = await rules.current()
    if (groups.every((group) => current.of(group) !== undefined)) return current
    await rules.refresh()
    return rules.current()
  }
}
