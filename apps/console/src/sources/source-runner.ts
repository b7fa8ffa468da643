/**
 * Runs one source: asks for everything, reports each device, withdraws who is gone, and writes down how it went.
 *
 * A source that does not answer changes nothing but its own state. Devices it told of keep
 * what they have; how long that counts is for the inventory's freshness and the policies.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import type { MdmSource, Store } from '@sallygate/store'
import type { InventoryPort } from '../devices/ports.ts'
import type { Events } from '../events/events.ts'
import type { ConsolesBehind } from './consoles-behind.ts'
import { sourceFailure } from './failures.ts'
import { OwnEcho } from './own-echo.ts'
import { sourceSecrets, sourceSettings, sourceState, type SourceSettings, type SourceState } from './settings.ts'
import { reportOf, sourceName } from './source-device.ts'
import type { TargetRule } from './target-rule.ts'
import { walk } from './walk.ts'
import { findGone } from './withdrawals.ts'

export interface RunnerParts {
  readonly store: Pick<Store, 'mdmSources'>
  readonly inventory: InventoryPort
  readonly clock: Clock
  readonly log: Log
  readonly admits: TargetRule
  /** Of this console, as its nacs name it. */
  readonly ownMark: string
  readonly behind: Pick<ConsolesBehind, 'changed'>
  readonly events: () => Pick<Events, 'raise'>
}

/** Agents report at the same time, and must not wait behind a page of thousands. */
const togetherReports = 128

interface Counts {
  devices: number
  added: number
  ignored: number
}

export class SourceRunner {
  readonly #parts: RunnerParts
  readonly #running = new Set<string>()

  constructor(parts: RunnerParts) {
    this.#parts = parts
  }

  /**
   * @param isConfirmed somebody said that devices that are not in the answer are really gone.
   * @returns how it went, which is also written down. A source that fails is no error of ours.
   * @throws SOURCE_BUSY, STORE_*.
   */
  async run(source: MdmSource, isConfirmed = false): Promise<SourceState> {
    if (this.#running.has(source.id)) throw sourceFailure('BUSY')
    this.#running.add(source.id)
    try {
      return await this.#run(source, isConfirmed)
    } finally {
      this.#running.delete(source.id)
    }
  }

  async #run(source: MdmSource, isConfirmed: boolean): Promise<SourceState> {
    const { clock, log, store, behind } = this.#parts
    const settings = sourceSettings.parse(source.settings)
    const before = sourceState.parse(source.state)
    const startMs = clock.monotonicMs()
    const lastRunAt = clock.now().toISOString()
    let state: SourceState
    try {
      const outcome = await this.#ask(source, settings, isConfirmed)
      state = { lastRunAt, lastAnswerAt: clock.now().toISOString(), ...outcome, failures: 0, isStale: false }
    } catch (error) {
      if (!(error instanceof Failure) || error.code.startsWith('STORE_')) throw error
      const { code, says, fix } = error
      const { failure: _, ...kept } = before
      const isStale = this.#isStale(before, source, settings)
      state = { ...kept, lastRunAt, failure: { code, says, fix }, failures: before.failures + 1, isStale }
      log.warn('source not read', { source: source.name, code, failures: state.failures })
    }
    state = { ...state, durationMs: Math.round(clock.monotonicMs() - startMs) }
    await store.mdmSources.writeState(source.id, JSON.parse(JSON.stringify(state)) as Record<string, never>)
    await behind.changed()
    this.#tell(source, before, state)
    return state
  }

  async #ask(source: MdmSource, settings: SourceSettings, isConfirmed: boolean) {
    const { store, clock, admits, inventory, ownMark } = this.#parts
    const sealed = await store.mdmSources.openPassword(source.group, source.id)
    if (sealed === undefined) throw sourceFailure('PASSWORD_NEEDED')
    const secrets = sourceSecrets.parse(JSON.parse(sealed.reveal()))
    const now = new Set<string>()
    const counts: Counts = { devices: 0, added: 0, ignored: 0 }
    const echo = new OwnEcho(ownMark)
    const onAnswer = (headers: Readonly<Record<string, string>>) => echo.hear(headers)
    for await (const page of walk({ settings, secrets, clock, admits, onAnswer })) {
      const nowMs = clock.now().getTime()
      for (let at = 0; at < page.length; at += togetherReports) {
        const some = page.slice(at, at + togetherReports)
        const reported = await Promise.all(
          some.map((device) => inventory.report(reportOf(device, source.id, source.group, nowMs))),
        )
        counts.added += reported.filter(({ kind }) => kind === 'added').length
        counts.ignored += reported.filter(({ kind }) => kind === 'ignored').length
      }
      for (const device of page) now.add(device.sourceId)
      counts.devices += page.length
    }
    const { gone, heldBack, told } = findGone(await store.mdmSources.told(source.id), now, isConfirmed)
    for (const sourceId of gone)
      await inventory.withdraw({ group: source.group, source: sourceName(source.id), sourceId })
    await store.mdmSources.writeTold(source.id, told)
    const { consoles } = echo
    return {
      ...counts,
      withdrawn: gone.length,
      ...(heldBack === 0 ? {} : { heldBack }),
      ...(consoles.length === 0 ? {} : { consoles: [...consoles] }),
    }
  }

  #isStale(before: SourceState, source: MdmSource, settings: SourceSettings): boolean {
    const since = before.lastAnswerAt === undefined ? source.createdAt.getTime() : Date.parse(before.lastAnswerAt)
    return this.#parts.clock.now().getTime() - since > settings.staleAfterHours * 3_600_000
  }

  /** Changes only: a source that is down all night is one event, and one more when it is stale. */
  #tell(source: MdmSource, before: SourceState, after: SourceState): void {
    const events = this.#parts.events()
    const about = source.name
    const { group } = source
    if (after.failure !== undefined && before.failure?.code !== after.failure.code)
      events.raise('sourceFailed', { about, group, details: { code: after.failure.code } })
    if (after.isStale && !before.isStale) events.raise('sourceStale', { about, group })
    if (after.failure === undefined && before.failure !== undefined) events.raise('sourceAnswers', { about, group })
    if (after.heldBack !== undefined && before.heldBack === undefined)
      events.raise('sourceDevicesHeld', { about, group, details: { devices: after.heldBack } })
  }
}
