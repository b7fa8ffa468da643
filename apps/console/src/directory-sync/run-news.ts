/**
 * What people hear of runs without asking: events, and a mail where somebody has to decide.
 *
 * @module
 */
import type { Log } from '@sallygate/base/log'
import type { Tripped } from '@sallygate/domain'
import type { DirectoryRun } from '@sallygate/store'
import type { Events } from '../events/events.ts'
import { noCounts, type RunDetail } from './run-detail.ts'
import type { SyncMails } from './sync-mails.ts'

export interface RunNewsParts {
  readonly events: () => Pick<Events, 'raise'>
  readonly log: Log
  readonly nameOf: (group: string) => Promise<string>
  /** Absent where no mail goes out. */
  readonly mails?: Pick<SyncMails, 'held' | 'failing'> | undefined
}

/** From the third failure in a row on it is no accident. */
const failuresBeforeAlarm = 3

export class RunNews {
  readonly #parts: RunNewsParts

  constructor(parts: RunNewsParts) {
    this.#parts = parts
  }

  async held(run: DirectoryRun, detail: RunDetail): Promise<void> {
    const { events, nameOf, mails, log } = this.#parts
    const { added, changed, moved, disabled, removed } = detail.counts ?? noCounts
    const reason = sayTripped(detail.held ?? [])
    events().raise('directorySyncHeld', {
      group: run.group,
      about: await nameOf(run.group),
      details: { run: run.number, added, changed: changed + moved, disabled, removed, reason },
    })
    await mails?.held(run, detail, reason).catch((error: unknown) => log.warn('safeguard mail not queued', { error }))
  }

  async released(run: DirectoryRun): Promise<void> {
    const { events, nameOf } = this.#parts
    const about = await nameOf(run.group)
    events().raise('directorySyncReleased', { group: run.group, about, details: { run: run.number } })
  }

  async done(run: DirectoryRun, detail: RunDetail, failuresBefore: number): Promise<void> {
    const { group, number } = run
    const { events, nameOf } = this.#parts
    const about = await nameOf(group)
    if (failuresBefore >= failuresBeforeAlarm)
      events().raise('directorySyncRecovered', { group, about, details: { run: number, failures: failuresBefore } })
    if (detail.full && !detail.wantsFull)
      events().raise('directoryReadAnew', { group, about, details: { run: number, because: detail.fullBecause } })
  }

  /** Once when it becomes a habit, and not with every further failure. */
  async failed(run: DirectoryRun, detail: RunDetail, failures: number, lastDoneAt: number | undefined): Promise<void> {
    const { events, log, nameOf, mails } = this.#parts
    const { failure } = detail
    log.warn('directory sync failed', { group: run.group, run: run.number, code: failure?.code, failures })
    if (failures !== failuresBeforeAlarm) return
    events().raise('directorySyncFailing', {
      group: run.group,
      about: await nameOf(run.group),
      details: {
        run: run.number,
        code: failure?.code,
        failures,
        lastDone: lastDoneAt === undefined ? 'never' : new Date(lastDoneAt).toISOString(),
      },
    })
    await mails
      ?.failing(run, detail, lastDoneAt)
      .catch((error: unknown) => log.warn('failure mail not queued', { error }))
  }
}

const words: Readonly<Record<Tripped['safeguard'], (tripped: Tripped) => string>> = {
  maxRemovals: ({ actual, limit }) => `It would remove ${actual} users and groups; allowed are ${limit}.`,
  maxRemovalsPercent: ({ actual, limit }) =>
    `It would remove ${actual} % of all users and groups; allowed are ${limit} %.`,
  maxChangesPercent: ({ actual, limit }) =>
    `It would change ${actual} % of all users and groups; allowed are ${limit} %.`,
  maxMembershipsRemovedPercent: ({ actual, limit }) =>
    `It would take away ${actual} % of all memberships; allowed are ${limit} %.`,
}

export const sayTripped = (tripped: readonly Tripped[]) => tripped.map((one) => words[one.safeguard](one)).join(' ')
