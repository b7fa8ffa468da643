/**
 * What a connector checks about itself: its files, its certificate, its trust set, its policy.
 *
 * Reads what is on the disk, so it runs beside a connector as well as in it, and it
 * listens nowhere. The way to the relay and the services are checked elsewhere.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { WayOut } from '@sallygate/dial'
import { CLOCK_ALARM_MS, type ClockStanding } from '@sallygate/envelope'
import { CheckList, type AnyContract, type CheckFinding } from '@sallygate/service-kit'
import type { Home } from './home.ts'
import { readIdentity, type Identity } from './identity.ts'
import { decodeFrames } from './journal-frame.ts'
import { journalFile } from './journal-disk.ts'
import { readPolicyFile } from './policy-file.ts'
import { TrustStore } from './trust-store.ts'

const dayMs = 24 * 3_600_000
/** It renews itself with a third of its life left; with this little left it could not for weeks. */
const soonDays = 14

/** @returns the identity, where there is one: what else is checked needs it. */
export async function checkFiles(
  list: CheckList,
  home: Home,
  contracts: readonly AnyContract[],
  clock: Clock,
): Promise<Identity | undefined> {
  let identity: Identity | undefined
  const isEnrolled = await list.row('identity', async () => {
    identity = readIdentity(home)
    const { name, groupName } = identity.enrollment
    return `${name}, a connector of ${groupName}.`
  })
  if (isEnrolled && identity !== undefined) {
    const known = identity
    await list.row('certificate', async () => certificateFinding(known, clock.now()))
    await list.row('trust set', async () => trustFinding(new TrustStore(home, known), clock.now()))
  } else {
    list.skip('certificate', 'There is no identity.')
    list.skip('trust set', 'There is no identity.')
  }
  await list.row('policy file', async () => {
    const read = readPolicyFile(home.policy, contracts)
    if ('failure' in read) throw read.failure
    const allowed = [...read.policy.services.keys()]
    return allowed.length === 0 ? 'It allows no service.' : `It allows: ${allowed.join(', ')}.`
  })
  await list.row('journal', async () => await journalFinding(home))
  return identity
}

/** For the running connector, which answers it to the console. */
export async function checkSelf(home: Home, contracts: readonly AnyContract[], clock: Clock, running: RunningView) {
  const { seen, wayOut } = running
  const list = new CheckList(clock)
  await checkFiles(list, home, contracts, clock)
  await list.row('clock', async () => clockFinding(seen()))
  // That this is asked at all has come that way.
  if (wayOut !== undefined) await list.row('way out', async () => `To the relay ${wayOut.last ?? 'not yet'}.`)
  return list.rows
}

interface RunningView {
  readonly seen: () => SeenClock
  readonly wayOut: WayOut | undefined
}

/** This host's clock against the console's. */
export interface SeenClock {
  readonly offsetMs: number
  readonly standing: ClockStanding
}

export function clockFinding({ offsetMs, standing }: SeenClock): CheckFinding {
  if (standing === 'unknown') return 'Compared with the console as soon as it is reached.'
  const says = `${Math.round(Math.abs(offsetMs) / 1000)} seconds from the console’s.`
  if (Math.abs(offsetMs) <= CLOCK_ALARM_MS) return says
  const fix = 'Set the clock, or start a time service (NTP).'
  return { result: standing === 'wrong' ? 'failed' : 'warning', says, fix }
}

function certificateFinding({ certificate }: Identity, now: Date): CheckFinding {
  const days = Math.floor((certificate.notAfter.getTime() - now.getTime()) / dayMs)
  const until = certificate.notAfter.toISOString().slice(0, 10)
  if (days < 0)
    return {
      result: 'failed',
      says: `It ended on ${until}.`,
      fix: 'Enroll again with a new code: sallygate connector enroll --replace',
    }
  if (days >= soonDays) return `Valid until ${until}, ${days} days.`
  const fix =
    'Leave the connector running with a connection to the console; it renews by itself. The log says why it could not.'
  return { result: 'warning', says: `It ends on ${until}, in ${days} days.`, fix }
}

function trustFinding(trust: TrustStore, now: Date): CheckFinding {
  const { number, issuedAt, notAfter } = trust.held
  const hours = Math.round((now.getTime() - issuedAt.getTime()) / 360_000) / 10
  if (now < notAfter) return `Number ${number}, ${hours} hours old.`
  const fix =
    'A running connector gets a new one from the console within a minute. See whether relay and console are reached.'
  return {
    result: 'warning',
    says: `Number ${number} is ${hours} hours old: nothing is served until a newer one comes.`,
    fix,
  }
}

async function journalFinding(home: Home): Promise<CheckFinding> {
  const disk = journalFile(home.journal)
  try {
    const content = await disk.read()
    if (content === undefined) return 'Not begun yet.'
    const { frames } = decodeFrames(content)
    return `${frames.length} frames, ${content.length} bytes.`
  } finally {
    await disk.close()
  }
}
