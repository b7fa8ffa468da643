/**
 * Enrolling this machine, and taking it back.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Secret } from '@sallygate/base/secret'
import { ConsoleWire } from './console-wire.ts'
import { hubFailure } from './failures.ts'
import { HubHome, type Enrollment } from './home.ts'
import { makeIdentity, readIdentity } from './identity.ts'
import { thisPlatform } from './this-platform.ts'

export interface EnrollOptions {
  readonly home: string
  readonly consoleUrl: string
  readonly code: Secret
  readonly clock: Clock
  /** Authorities (PEM) for the console's certificate. */
  readonly ca?: string | undefined
  readonly login?: { readonly user: string; readonly password: Secret } | undefined
}

/** @throws HUB_ALREADY_ENROLLED, HUB_CODE_REFUSED, HUB_*, FILE_*. */
export async function enrollHub(options: EnrollOptions): Promise<Enrollment> {
  const home = new HubHome(options.home)
  if (home.isEnrolled) throw hubFailure('ALREADY_ENROLLED', { details: { device: home.enrollment().device } })
  home.make()
  const { clock, ca, consoleUrl, code, login } = options
  const identity = makeIdentity(home.of('hub.key'))
  const wire = new ConsoleWire({ consoleUrl, identity, clock, ca })
  const observation = await thisPlatform(clock).platform.observe()
  const device = await wire.enroll({ code, observation, login })
  const enrollment: Enrollment = {
    format: 'sallygate-hub/1',
    consoleUrl,
    device,
    enrolledAt: clock.now().toISOString(),
    ...(ca === undefined ? {} : { ca }),
  }
  home.writeEnrollment(enrollment)
  return enrollment
}

/**
 * Tells the console that this machine leaves, and removes what the hub kept.
 *
 * @param isForgetting whether to go on when the console cannot be told, or does not know the device.
 * @throws HUB_NOT_ENROLLED; HUB_* when the console could not be told.
 */
export async function unenrollHub(options: {
  readonly home: string
  readonly clock: Clock
  readonly isForgetting: boolean
}): Promise<{ readonly wasTold: boolean }> {
  const { clock, isForgetting } = options
  const home = new HubHome(options.home)
  const release = home.isEnrolled ? home.lock() : undefined
  try {
    await tellLeaving(home, clock)
    home.clear()
    return { wasTold: true }
  } catch (error) {
    if (!isForgetting || !(error instanceof Failure)) throw error
    home.clear()
    return { wasTold: false }
  } finally {
    release?.()
  }
}

async function tellLeaving(home: HubHome, clock: Clock): Promise<void> {
  const enrollment = home.enrollment()
  const progress = home.progress()
  const sequence = Math.max(progress.sequence + 1, clock.now().getTime())
  home.writeProgress({ ...progress, sequence })
  const identity = readIdentity(home.of('hub.key'))
  const wire = new ConsoleWire({ consoleUrl: enrollment.consoleUrl, identity, clock, ca: enrollment.ca })
  const { identifiers, facts } = await thisPlatform(clock).platform.observe()
  const { outcomes } = progress
  await wire.checkIn({ enrollment, sequence, observedAt: clock.now(), identifiers, facts, outcomes, isLeaving: true })
}
