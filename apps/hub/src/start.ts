/**
 * The hub as a process: takes its home, checks in, and ends when it has left.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Running } from '@sallygate/base/process'
import { ConsoleWire } from './console-wire.ts'
import { HubHome, type Enrollment } from './home.ts'
import { Hub, type HubStatus } from './hub.ts'
import { readIdentity } from './identity.ts'
import { thisPlatform } from './this-platform.ts'

export interface StartOptions {
  readonly home: string
  readonly clock: Clock
  readonly log: Log
  /** Absolute path of what a full wipe runs; without it, a full wipe is simulated. */
  readonly fullWipeProgram?: string | undefined
  readonly onLeft?: () => void
}

/** @throws HUB_NOT_ENROLLED, HUB_ALREADY_RUNNING, HUB_STATE_DAMAGED, FILE_*. */
export function startHub(options: StartOptions): Running {
  const { clock, log, fullWipeProgram, onLeft } = options
  const home = new HubHome(options.home)
  const enrollment = home.enrollment()
  const release = home.lock()
  const { platform, programs } = thisPlatform(clock)
  const identity = readIdentity(home.of('hub.key'))
  const wire = new ConsoleWire({ consoleUrl: enrollment.consoleUrl, identity, clock, ca: enrollment.ca })
  const hub = new Hub({
    home,
    console: wire,
    platform,
    programs,
    clock,
    log,
    ...(fullWipeProgram === undefined ? {} : { fullWipeProgram }),
    ...(onLeft === undefined ? {} : { onLeft }),
  })
  hub.start()
  log.info('hub is up', { console: enrollment.consoleUrl, device: enrollment.device })
  return {
    async stop() {
      await hub.stop()
      release()
    },
  }
}

export interface HubReport {
  readonly enrollment: Enrollment
  readonly status: HubStatus | undefined
  readonly messages: readonly { readonly at: string; readonly title: string; readonly body: string }[]
}

/** What the files say; a hub that is stopped can be looked at. @throws HUB_NOT_ENROLLED, HUB_STATE_DAMAGED. */
export function hubReport(path: string): HubReport {
  const home = new HubHome(path)
  return { enrollment: home.enrollment(), status: home.readStatus<HubStatus>(), messages: home.messages() }
}
