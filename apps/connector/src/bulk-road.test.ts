import { FakeClock } from '@sallygate/testkit'
import { expect, test } from 'vitest'
import { BulkRoad } from './bulk-road.ts'

/** A line that takes so many bytes a millisecond, in order. */
class SlowLine {
  readonly clock = new FakeClock()
  readonly sent: { readonly name: string; readonly bytes: number; readonly atMs: number }[] = []
  isLost = false
  readonly road: BulkRoad
  readonly #bytesPerMs: number
  #busyUntilMs = 0

  constructor(bytesPerMs: number) {
    this.#bytesPerMs = bytesPerMs
    this.road = new BulkRoad({ clock: this.clock, arrived: () => this.#arrived() })
  }

  put(name: string, bytes: number): void {
    const nowMs = this.clock.monotonicMs()
    this.sent.push({ name, bytes, atMs: nowMs })
    this.#busyUntilMs = Math.max(this.#busyUntilMs, nowMs) + bytes / this.#bytesPerMs
  }

  /** How long what is sent now waits behind what is under way. */
  get queuedMs(): number {
    return Math.max(0, this.#busyUntilMs - this.clock.monotonicMs())
  }

  add(name: string, bytes: number): void {
    let left = bytes
    this.road.add(
      {
        next: (most) => {
          if (left <= 0) return undefined
          const part = Math.min(left, Math.max(15 * 1024, most))
          left -= part
          return Buffer.alloc(part)
        },
      },
      (cargo) => this.put(name, cargo.length),
    )
  }

  #arrived(): Promise<void> {
    if (this.isLost) return Promise.reject(new Error('lost'))
    return new Promise((resolve) => this.clock.after(this.queuedMs + 2, resolve))
  }
}

test('on a line of 256 kbit/s what is urgent never waits a second behind five megabytes, and they arrive', async () => {
  const line = new SlowLine(32)
  line.add('bulk', 5 * 1024 * 1024)
  let worstMs = 0

  for (let at = 0; at < 2000; at++) {
    await line.clock.advance(100)
    worstMs = Math.max(worstMs, line.queuedMs)
  }

  expect(worstMs).toBeLessThan(1000)
  expect(line.sent.reduce((sum, { bytes }) => sum + bytes, 0)).toBe(5 * 1024 * 1024)
  expect(line.road.length).toBe(0)
})

test('on a fast line four megabytes are gone within two seconds, and the next answer at once', async () => {
  const line = new SlowLine(100_000)
  line.add('bulk', 4 * 1024 * 1024)
  await line.clock.advance(2000)
  expect(line.road.length).toBe(0)
  const before = line.sent.length

  line.add('page', 300 * 1024)

  expect(line.sent.slice(before).reduce((sum, { bytes }) => sum + bytes, 0)).toBe(300 * 1024)
})

test('a small answer is not behind a large one', async () => {
  const line = new SlowLine(32)
  line.add('large', 1024 * 1024)
  await line.clock.advance(2000)

  line.add('small', 20 * 1024)
  await line.clock.advance(4000)

  expect(line.sent.filter(({ name }) => name === 'small').reduce((sum, { bytes }) => sum + bytes, 0)).toBe(20 * 1024)
})

test('it asks no more than a relay answers', async () => {
  const line = new SlowLine(100_000)
  const asked: number[] = []
  const road = new BulkRoad({
    clock: line.clock,
    arrived: () => {
      asked.push(line.clock.monotonicMs())
      return Promise.resolve()
    },
  })
  for (let at = 0; at < 200; at++) {
    let left = 2
    road.add({ next: () => (left-- > 0 ? Buffer.alloc(1000) : undefined) }, () => undefined)
    await line.clock.advance(25)
  }

  for (const from of asked) expect(asked.filter((at) => at >= from && at < from + 1000).length).toBeLessThanOrEqual(16)
})

test('a line that is lost forgets what waited for it', async () => {
  const line = new SlowLine(32)
  line.add('bulk', 1024 * 1024)
  await line.clock.advance(3000)
  line.isLost = true

  await line.clock.advance(3000)

  expect(line.road.length).toBe(0)
  const { length } = line.sent
  line.isLost = false
  line.add('after', 15 * 1024)
  await line.clock.advance(3000)
  expect(line.sent.length).toBe(length + 1)
})
