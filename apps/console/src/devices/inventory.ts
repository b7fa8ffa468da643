/**
 * The inventory: takes what sources say, and keeps one picture of each device.
 *
 * Reports that arrive together are written together: they share one wait for the disk. A
 * report that cannot be written costs no others.
 *
 * @module
 */
import { randomUUID } from 'node:crypto'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import {
  matchDevice,
  plainText,
  readFacts,
  readIdentifiers,
  restate,
  type Candidate,
  type DeviceReport,
  type Identifiers,
  type Statement,
} from '@sallygate/domain'
import { storeFailure, type SourceId, type Store, type StoredDevice } from '@sallygate/store'
import type { Events } from '../events/events.ts'
import { DeviceWriter } from './device-writer.ts'
import type { InventoryPort, Reported } from './ports.ts'
import type { RuleBook, Rules } from './rule-book.ts'

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

/** Sources of one device. More than anybody runs, and a bound on what one of them could add. */
const mostSources = 12

export class Inventory implements InventoryPort {
  readonly #parts: InventoryParts
  #waiting: Waiting[] = []
  #writing: Promise<void> | undefined

  constructor(parts: InventoryParts) {
    this.#parts = parts
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
      const twins: (readonly [StoredDevice, readonly string[]])[] = []
      const done = await this.#parts.store.transaction(async (inside) => {
        await inside.devices.hold()
        const writer = new DeviceWriter(this.#parts.clock, inside, rules)
        const outcomes: Reported[] = []
        for (const { report } of batch) outcomes.push(await this.#take(writer, report, twins))
        return outcomes
      })
      for (const [at, waiting] of batch.entries()) waiting.resolve(done[at] ?? { device: '', kind: 'ignored' })
      this.#tell(twins)
      return true
    } catch (error) {
      onFailure?.(error)
      return false
    }
  }

  async #take(
    writer: DeviceWriter,
    report: DeviceReport,
    twins: (readonly [StoredDevice, readonly string[]])[],
  ): Promise<Reported> {
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

  #tell(twins: readonly (readonly [StoredDevice, readonly string[]])[]): void {
    for (const [{ id, name, group, statements }, others] of twins) {
      // Every report finds them again; a day between two of them is enough.
      const isFirst = statements.length === 1 || this.#toldTwins.get(id) !== dayOf(this.#nowMs)
      if (!isFirst) continue
      if (this.#toldTwins.size > 10_000) this.#toldTwins.clear()
      this.#toldTwins.set(id, dayOf(this.#nowMs))
      this.#parts
        .events()
        .raise('deviceTwins', { about: name, group, details: { device: id, other: others.join(' ') } })
    }
  }

  readonly #toldTwins = new Map<string, number>()
}

const dayOf = (ms: number) => Math.floor(ms / 86_400_000)

function sourceIdOf({ group, source, sourceId }: DeviceReport): SourceId | undefined {
  const read = sourceId === undefined ? '' : plainText(sourceId, 200)
  return read === '' ? undefined : { group, source, sourceId: read }
}

/** What matching looks at. */
export function candidateOf(device: StoredDevice, named: SourceId | undefined): Candidate {
  const { id, lastReportMs, sourceIds, macs } = device
  const { serial, uuid, udid, imei, meid, hostName } = device
  return {
    id,
    lastReportMs,
    identifiers: {
      ...defined({ serial, uuid, udid, imei, meid, hostName }),
      // An address that it had and has not: by then it may be another's.
      macs: macs.filter(({ isCurrent }) => isCurrent).map(({ mac }) => mac),
    },
    isNamedBySource:
      named !== undefined && sourceIds.some((one) => one.source === named.source && one.sourceId === named.sourceId),
  }
}

/** @returns `undefined` for one source too many. */
function statementsOf(
  before: readonly Statement[],
  { source: said, facts, identifiers: saidIdentifiers, atMs }: DeviceReport,
  { macs, ...names }: Identifiers,
  nowMs: number,
): readonly Statement[] | undefined {
  const source = plainText(said, 100)
  const old = before.find((statement) => statement.source === source)
  if (old === undefined && before.length >= mostSources) return undefined
  const report = {
    source,
    atMs: Math.floor(Math.min(Math.max(atMs, 0), nowMs)),
    identifiers: { ...names, macs: saidIdentifiers.macs === undefined ? undefined : macs },
    facts: readFacts(facts as Readonly<Record<string, unknown>>),
  }
  return [...before.filter((statement) => statement !== old), restate(old, report)]
}

function groundOf(
  before: StoredDevice | undefined,
  report: DeviceReport,
  statements: readonly Statement[],
  named: SourceId | undefined,
  nowMs: number,
) {
  const sourceIds = before?.sourceIds ?? []
  const isNamed =
    named === undefined ||
    sourceIds.some((one) => one.source === named.source && one.sourceId === named.sourceId && one.group === named.group)
  const ids = isNamed ? sourceIds : [...sourceIds.filter(({ source }) => source !== named.source), named]
  if (before === undefined) {
    return {
      id: randomUUID(),
      group: report.group,
      state: 'enrolled' as const,
      stateAtMs: nowMs,
      enrolledAtMs: nowMs,
      macs: [],
      sourceIds: ids,
      statements,
    }
  }
  // Its source knew it no more, and knows it again. What an administrator ended, no source begins anew.
  const isBack = before.isWithdrawn === true && before.state === 'unenrolled'
  return {
    ...before,
    ...(isBack ? { state: 'enrolled' as const, stateAtMs: nowMs, isWithdrawn: false } : {}),
    sourceIds: ids,
    statements,
  }
}

function defined<T extends object>(value: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(value).filter(([, member]) => member !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>
  }
}
