import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@sallygate/base/log'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { afterEach, beforeEach, describe, expect, onTestFinished, test } from 'vitest'
import type { CheckIn, CheckInReply } from './console-port.ts'
import { hubFailure } from './failures.ts'
import { HubHome, type Enrollment } from './home.ts'
import { Hub, type HubStatus } from './hub.ts'
import { makeIdentity } from './identity.ts'
import type { Order } from './orders.ts'
import { nextCheckInMs, nextRetryMs } from './pace.ts'
import { Linux } from './linux/linux.ts'
import { recordedFiles, recordedPrograms } from './testing/recorded.ts'

const enrollment: Enrollment = {
  format: 'sallygate-hub/1',
  consoleUrl: 'https://console.example',
  device: '5c7e0d4e-0000-4000-8000-000000000001',
  enrolledAt: '2026-11-22T12:00:00.000Z',
}

let home: HubHome
let clock: FakeClock
beforeEach(() => {
  home = new HubHome(mkdtempSync(join(tmpdir(), 'sallygate-hub-')))
  makeIdentity(home.of('hub.key'))
  home.writeEnrollment(enrollment)
  clock = new FakeClock()
})
afterEach(() => rmSync(home.path, { recursive: true, force: true }))

/** A console that says what a test tells it to, and remembers what it heard. */
class Desk {
  readonly heard: CheckIn[] = []
  orders: readonly Order[] = []
  failure: Error | undefined
  /** The answers after so many are lost: the console has heard, the hub does not know. */
  losesAfter = Number.POSITIVE_INFINITY
  checkIn(said: CheckIn): Promise<CheckInReply> {
    this.heard.push(said)
    if (this.heard.length > this.losesAfter) return Promise.reject(hubFailure('CONSOLE_UNREACHABLE'))
    if (this.failure !== undefined) return Promise.reject(this.failure)
    const done = new Set(this.heard.flatMap(({ outcomes }) => outcomes.map(({ id }) => id)))
    const orders = this.orders.filter(({ id }) => !done.has(id))
    return Promise.resolve({ orders, intervalMs: 600_000, consoleTime: undefined })
  }
  get outcomes() {
    return this.heard.flatMap(({ outcomes }) => outcomes)
  }
}

function start(
  desk: Desk,
  options: { readonly fullWipeProgram?: string; readonly programs?: ReturnType<typeof recordedPrograms> } = {},
) {
  const programs = options.programs ?? recordedPrograms({ loginctl: '', wall: '' })
  let hasLeft = false
  const hub = new Hub({
    home,
    console: desk,
    platform: new Linux(recordedFiles({}), programs),
    programs,
    clock,
    log: silentLog,
    random: () => 0.5,
    onLeft: () => (hasLeft = true),
    ...(options.fullWipeProgram === undefined ? {} : { fullWipeProgram: options.fullWipeProgram }),
  })
  hub.start()
  return { hub, programs, hasLeft: () => hasLeft }
}

const status = () => home.readStatus<HubStatus>()

describe('checking in', () => {
  test('at once, then as often as the console says, with rising numbers over a restart and a clock set back', async () => {
    const desk = new Desk()
    const first = start(desk)
    await clock.advance(600_000)
    await first.hub.stop()
    clock = new FakeClock(new Date('2026-11-21T00:00:00Z'))
    start(desk)
    await clock.advance(1)

    const sequences = desk.heard.map(({ sequence }) => sequence)
    expect(sequences).toHaveLength(3)
    expect(sequences).toEqual(sequences.toSorted((a, b) => a - b))
    expect(new Set(sequences).size).toBe(3)
    expect(status()).toMatchObject({ state: 'up', failuresInARow: 0 })
  })

  test('less and less often while the console is away, never less than once an hour, and at once at ease again', async () => {
    const desk = new Desk()
    desk.failure = hubFailure('CONSOLE_UNREACHABLE')
    start(desk)
    await clock.advance(24 * 3_600_000)
    const tried = desk.heard.length

    expect(tried).toBeGreaterThan(24)
    expect(tried).toBeLessThan(60)
    expect(status()).toMatchObject({ state: 'retrying', failure: { code: 'HUB_CONSOLE_UNREACHABLE' } })
    desk.failure = undefined
    await clock.advance(3_600_000)
    expect(status()).toMatchObject({ state: 'up', failuresInARow: 0 })
  })

  test('a credential that is not taken any more is said in words', async () => {
    const desk = new Desk()
    desk.failure = hubFailure('CREDENTIAL_REFUSED')
    start(desk)
    await clock.advance(1)

    expect(status()).toMatchObject({
      state: 'refused',
      failure: { says: expect.stringContaining('does not know this device') },
    })
  })

  test('waits are spread, and bounded whatever the console says', () => {
    expect(nextCheckInMs(600_000, 0)).toBe(540_000)
    expect(nextCheckInMs(600_000, 1)).toBe(660_000)
    expect(nextCheckInMs(0, 0.5)).toBe(10_000)
    expect(nextCheckInMs(1e15, 0.5)).toBe(24 * 3_600_000)
    expect(nextRetryMs(1, 1)).toBe(15_000)
    expect(nextRetryMs(1000, 1)).toBe(3_600_000)
  })
})

describe('orders', () => {
  test('a lock and a message are carried out once and acknowledged at once', async () => {
    const desk = new Desk()
    desk.orders = [
      { id: 'a', kind: 'lock' },
      { id: 'b', kind: 'message', text: { title: 'IT', body: 'Please update' } },
    ]
    const { programs } = start(desk)
    await clock.advance(1)

    expect(desk.heard).toHaveLength(2)
    expect(desk.outcomes).toMatchObject([
      { id: 'a', isDone: true },
      { id: 'b', isDone: true },
    ])
    expect(programs.inputs.filter((text) => text.includes('Please update'))).toHaveLength(1)
    expect(readFileSync(home.of('messages.json'), 'utf8')).toContain('Please update')
  })

  test('an acknowledgement that was lost is said again, and the order is not done again', async () => {
    const desk = new Desk()
    desk.orders = [{ id: 'b', kind: 'message', text: { title: 'IT', body: 'Once' } }]
    desk.losesAfter = 1
    const { programs, hub } = start(desk)
    await clock.advance(1000)
    await hub.stop()
    desk.losesAfter = Number.POSITIVE_INFINITY
    const again = start(desk)
    await clock.advance(1)

    expect(programs.inputs.concat(again.programs.inputs).filter((text) => text.includes('Once'))).toHaveLength(1)
    expect(desk.outcomes.at(-1)).toMatchObject({ id: 'b', isDone: true })
  })

  test('one that was begun before the machine went down is not begun again, and that is said', async () => {
    home.writeProgress({ sequence: 1, outcomes: [], known: [{ id: 'w' }] })
    const desk = new Desk()
    desk.orders = [{ id: 'w', kind: 'fullWipe' }]
    const programs = recordedPrograms({ 'wipe.sh': '' })
    start(desk, { fullWipeProgram: '/usr/local/sbin/wipe.sh', programs })
    await clock.advance(700_000)

    expect(desk.outcomes).toMatchObject([{ id: 'w', isDone: false, says: expect.stringContaining('not known') }])
  })

  test('a full wipe is simulated unless this machine’s administrator named a program', async () => {
    const desk = new Desk()
    desk.orders = [{ id: 'w', kind: 'fullWipe' }]
    start(desk)
    await clock.advance(1)

    expect(desk.outcomes).toMatchObject([{ id: 'w', says: expect.stringContaining('SIMULATED') }])

    const other = new Desk()
    other.orders = [{ id: 'x', kind: 'fullWipe' }]
    start(other, {
      fullWipeProgram: '/usr/local/sbin/wipe.sh',
      programs: recordedPrograms({ 'wipe.sh': { code: 3, out: '', err: '' } }),
    })
    await clock.advance(1)

    expect(other.outcomes).toMatchObject([{ id: 'x', isDone: false, says: expect.stringContaining('3') }])
  })

  test.each(['run', 'script', '', 'constructor', '../lock', 'LOCK'])('there is no order %j', async (kind) => {
    const desk = new Desk()
    desk.orders = [{ id: 'x', kind }]
    const { programs } = start(desk)
    await clock.advance(1)

    expect(desk.outcomes).toMatchObject([{ id: 'x', isDone: false, says: expect.stringContaining('knows no order') }])
    expect(programs.inputs).toEqual([])
  })
})

describe('enterprise wipe', () => {
  test('is acknowledged, and then nothing of the hub is left', async () => {
    const desk = new Desk()
    desk.orders = [{ id: 'e', kind: 'enterpriseWipe' }]
    const { hasLeft } = start(desk)
    await clock.advance(1)

    expect(desk.outcomes).toMatchObject([{ id: 'e', isDone: true }])
    expect(hasLeft()).toBe(true)
    expect(readdirSync(home.path)).toEqual([])
    await clock.advance(3_600_000)
    expect(desk.heard).toHaveLength(2)
  })

  test('happens within a day, also when the console is away and the machine restarts', async () => {
    const desk = new Desk()
    desk.orders = [{ id: 'e', kind: 'enterpriseWipe' }]
    desk.losesAfter = 1
    const first = start(desk)
    await clock.advance(60_000)
    expect(home.isEnrolled).toBe(true)
    await first.hub.stop()
    const again = start(desk)
    await clock.advance(26 * 3_600_000)

    expect(again.hasLeft()).toBe(true)
    expect(existsSync(home.of('hub.key'))).toBe(false)
  })
})

describe('the home', () => {
  test('is private, and damage is named', () => {
    home.writeProgress({ sequence: 7, outcomes: [], known: [] })

    expect(statSync(home.of('hub.key')).mode & 0o077).toBe(0)
    expect(home.progress().sequence).toBe(7)
    writeFileSync(home.of('enrollment.json'), '{"format":"other"}', { mode: 0o600 })
    expect(() => home.enrollment()).toThrow(expect.objectContaining({ code: 'HUB_STATE_DAMAGED' }))
  })

  test('one hub at a time, and another may begin when it has ended', async () => {
    const running = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)', 'hub'], { stdio: 'ignore' })
    onTestFinished(() => void running.kill('SIGKILL'))
    writeFileSync(join(home.path, 'hub.pid'), String(running.pid))

    expect(() => home.lock()).toThrow(expect.objectContaining({ code: 'HUB_ALREADY_RUNNING' }))
    const ended = once(running, 'exit')
    running.kill('SIGKILL')
    await ended
    home.lock()()
  })

  test('what a crash left is taken over', () => {
    const release = home.lock()
    writeFileSync(join(home.path, 'hub.pid'), '999999999')
    const releaseAgain = home.lock()

    releaseAgain()
    release()
    expect(existsSync(join(home.path, 'hub.pid'))).toBe(false)
  })
})
