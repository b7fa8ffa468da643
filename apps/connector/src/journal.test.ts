import { appendFileSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes } from '@sallygate/base/bytes'
import { Failure } from '@sallygate/base/failure'
import { silentLog } from '@sallygate/base/log'
import { FakeClock } from '@sallygate/testkit'
import fc from 'fast-check'
import { expect, test } from 'vitest'
import { journalFile } from './journal-disk.ts'
import { decodeFrames, encodeFrame } from './journal-frame.ts'
import { Journal } from './journal.ts'
import { FakeDisk, type CrashKind } from './testing/fake-disk.ts'

const digest = Buffer.alloc(32, 1)
const keyOf = (n: number) => Buffer.alloc(16, n + 1)
const none = Buffer.alloc(0)
const code = (name: string) => expect.objectContaining({ code: `CONNECTOR_${name}` })

async function openOn(disk: FakeDisk, clock = new FakeClock()): Promise<Journal> {
  const journal = new Journal(disk, clock, silentLog)
  await journal.open()
  return journal
}

test('the same key runs once, and how it ended is answered from the journal, also after a restart', async () => {
  const disk = new FakeDisk()
  const journal = await openOn(disk)

  const first = await journal.begin(keyOf(1), digest)
  await journal.finish(keyOf(1), 'done', Buffer.from('certificate'))
  const second = await journal.begin(keyOf(1), digest)
  const restarted = await (await openOn(disk)).begin(keyOf(1), digest)

  expect(first).toEqual({ kind: 'begun', position: 1 })
  const ended = { kind: 'ended', outcome: 'done', result: Buffer.from('certificate') }
  expect([second, restarted]).toEqual([ended, ended])
})

test('a key with other parameters, one that runs and one whose end nobody knows are told apart', async () => {
  const disk = new FakeDisk()
  const journal = await openOn(disk)
  await journal.begin(keyOf(1), digest)

  await expect(journal.begin(keyOf(1), Buffer.alloc(32, 2))).rejects.toEqual(code('IDEMPOTENCY_CONFLICT'))
  await expect(journal.begin(keyOf(1), digest)).rejects.toEqual(code('IN_PROGRESS'))
  await expect((await openOn(disk)).begin(keyOf(1), digest)).rejects.toEqual(code('OUTCOME_UNKNOWN'))
})

test('two of one key in the same turn are one', async () => {
  const journal = await openOn(new FakeDisk())

  const both = await Promise.allSettled([journal.begin(keyOf(1), digest), journal.begin(keyOf(1), digest)])

  expect(both.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
})

test('everything that waits in one turn shares one write', async () => {
  const disk = new FakeDisk()
  const journal = await openOn(disk)
  const before = disk.writes

  await Promise.all(Array.from({ length: 100 }, (_, n) => journal.begin(keyOf(n), digest)))

  expect(disk.writes - before).toBe(1)
})

test('a lower generation is stale, also after a restart; the same one may be applied again', async () => {
  const disk = new FakeDisk()
  const journal = await openOn(disk)

  await journal.beginGeneration('x', 5)
  await journal.finishGeneration('x', 5)
  const restarted = await openOn(disk)

  expect(restarted.generations('x')).toEqual({ floor: 5, applied: 5 })
  await expect(restarted.beginGeneration('x', 4)).rejects.toEqual(code('GENERATION_STALE'))
  await expect(restarted.beginGeneration('x', 5)).resolves.toBeGreaterThan(0)
  await expect(restarted.beginGeneration('y', 1)).resolves.toBeGreaterThan(0)
})

test.each(['full', 'readOnly'] as const)(
  'with a disk that is %s nothing is begun, and it recovers by itself',
  async (ending) => {
    const disk = new FakeDisk()
    const journal = await openOn(disk)
    await journal.begin(keyOf(1), digest)
    await journal.finish(keyOf(1), 'done', none)
    disk.next = ending

    await expect(journal.begin(keyOf(2), digest)).rejects.toEqual(code('JOURNAL_UNAVAILABLE'))
    await expect(journal.beginGeneration('x', 1)).rejects.toEqual(code('JOURNAL_UNAVAILABLE'))
    expect(journal.failure()).toEqual(code('JOURNAL_UNAVAILABLE'))
    disk.next = undefined

    await expect(journal.begin(keyOf(2), digest)).resolves.toMatchObject({ kind: 'begun' })
    expect(journal.failure()).toBeUndefined()
    const restarted = await openOn(disk)
    await expect(restarted.begin(keyOf(1), digest)).resolves.toMatchObject({ kind: 'ended' })
    await expect(restarted.begin(keyOf(2), digest)).rejects.toEqual(code('OUTCOME_UNKNOWN'))
  },
)

test('after a write that failed, nothing of it is taken for damage later', async () => {
  const disk = new FakeDisk()
  const journal = await openOn(disk)
  disk.next = 'unsynced'
  const many = Array.from({ length: 20 }, (_, n) => journal.begin(keyOf(n), digest).catch(() => undefined))
  await Promise.all(many)
  disk.next = undefined

  await journal.begin(keyOf(50), digest)
  const restarted = await openOn(disk)

  expect(restarted.failure()).toBeUndefined()
  await expect(restarted.begin(keyOf(50), digest)).rejects.toEqual(code('OUTCOME_UNKNOWN'))
  // Refused then, so it may be asked for now.
  await expect(restarted.begin(keyOf(3), digest)).resolves.toMatchObject({ kind: 'begun' })
})

test('what ended although it could not be written is answered truthfully by this process', async () => {
  const disk = new FakeDisk()
  const journal = await openOn(disk)
  await journal.begin(keyOf(1), digest)
  disk.next = 'full'

  const position = await journal.finish(keyOf(1), 'done', Buffer.from('r'))

  expect(position).toBeUndefined()
  disk.next = undefined
  await expect(journal.begin(keyOf(1), digest)).resolves.toMatchObject({ kind: 'ended' })
})

test('a torn tail is cut at the last whole frame', async () => {
  const disk = new FakeDisk()
  await (await openOn(disk)).begin(keyOf(1), digest)
  const whole = disk.content as Buffer
  const added = encodeFrame({ kind: 'batch', position: 9, records: [] })

  for (let cut = 1; cut < added.length; cut++) {
    disk.content = Buffer.concat([whole, added.subarray(0, cut)])
    const journal = await openOn(disk)
    expect(journal.failure()).toBeUndefined()
    await expect(journal.begin(keyOf(1), digest)).rejects.toEqual(code('OUTCOME_UNKNOWN'))
    expect(decodeFrames(disk.content).end).toBe(disk.content.length)
  }
})

test('a flipped bit before the end is damage and is never taken for a torn tail', async () => {
  const disk = new FakeDisk()
  const journal = await openOn(disk)
  await journal.begin(keyOf(1), digest)
  await journal.begin(keyOf(2), digest)
  const whole = disk.content as Buffer
  const { frames } = decodeFrames(whole)
  const last = encodeFrame(frames.at(-1) as (typeof frames)[number]).length

  for (let at = 0; at < whole.length - last; at += 7) {
    disk.content = Buffer.from(whole)
    disk.content[at] = (disk.content[at] ?? 0) ^ 1
    const restarted = await openOn(disk)
    expect(restarted.failure()).toEqual(code('JOURNAL_DAMAGED'))
    await expect(restarted.begin(keyOf(3), digest)).rejects.toEqual(code('JOURNAL_DAMAGED'))
  }
})

test.each([Buffer.alloc(0), Buffer.from('SQLite format 3\0'), randomBytes(4096)])(
  'a foreign or empty file is not written over',
  async (foreign) => {
    const disk = new FakeDisk()
    disk.content = Buffer.from(foreign)

    const journal = await openOn(disk)

    await expect(journal.begin(keyOf(1), digest)).rejects.toEqual(code('JOURNAL_DAMAGED'))
    expect(disk.content).toEqual(foreign)
  },
)

test('keys are forgotten after a quarter of an hour of running, not because the wall clock jumped', async () => {
  const clock = new FakeClock()
  const disk = new FakeDisk()
  const journal = await openOn(disk, clock)
  await journal.begin(keyOf(1), digest)
  await journal.finish(keyOf(1), 'done', none)

  clock.jumpWall(24 * 3_600_000)
  await expect(journal.begin(keyOf(1), digest)).resolves.toMatchObject({ kind: 'ended' })
  await clock.advance(16 * 60_000)

  await expect(journal.begin(keyOf(1), digest)).resolves.toMatchObject({ kind: 'begun' })
})

test('the file stays small: what is history is rewritten away', async () => {
  const clock = new FakeClock()
  const disk = new FakeDisk()
  const journal = await openOn(disk, clock)
  for (let round = 0; round < 20; round++) {
    await Promise.all(Array.from({ length: 200 }, () => journal.begin(randomBytes(16), digest).then(() => undefined)))
    const keys = Array.from({ length: 10 }, () => randomBytes(16))
    for (const key of keys) {
      await journal.begin(key, digest)
      await journal.finish(key, 'done', Buffer.alloc(30_000))
    }
    await clock.advance(16 * 60_000)
  }

  expect((disk.content as Buffer).length).toBeLessThan(2 * 1024 * 1024)
})

test('on a real disk: what was acknowledged is there, and a torn tail is gone', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'sallygate-journal-'))
  const path = join(folder, 'journal.bin')
  try {
    const journal = new Journal(journalFile(path), new FakeClock(), silentLog)
    await journal.open()
    await journal.begin(keyOf(1), digest)
    await journal.finish(keyOf(1), 'failed', Buffer.from('no'))
    await journal.close()
    const { size, mode } = statSync(path)
    appendFileSync(path, Buffer.from('SGJ1 and then the power went'))

    const restarted = new Journal(journalFile(path), new FakeClock(), silentLog)
    await restarted.open()
    const known = await restarted.begin(keyOf(1), digest)
    await restarted.close()

    expect(known).toMatchObject({ kind: 'ended', outcome: 'failed' })
    expect(mode & 0o077).toBe(0)
    expect(decodeFrames(readFileSync(path)).end).toBe(statSync(path).size)
    expect(size).toBeGreaterThan(0)
    writeFileSync(path, '')
    const emptied = new Journal(journalFile(path), new FakeClock(), silentLog)
    await emptied.open()
    expect(emptied.failure()).toEqual(code('JOURNAL_DAMAGED'))
    await emptied.close()
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
})

type Step =
  | { readonly kind: 'ask'; readonly key: number }
  | { readonly kind: 'generation'; readonly object: number; readonly generation: number }
  | { readonly kind: 'crash'; readonly how: CrashKind; readonly key: number; readonly atWrite: 'begin' | 'finish' }
  | { readonly kind: 'fails'; readonly how: 'full' | 'unsynced'; readonly key: number }
  | { readonly kind: 'restart' }

const anyKey = fc.nat({ max: 5 })
const anyStep: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: fc.record({ kind: fc.constant('ask' as const), key: anyKey }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: fc.constant('generation' as const),
      object: fc.nat({ max: 2 }),
      generation: fc.integer({ min: 1, max: 9 }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      kind: fc.constant('crash' as const),
      how: fc.constantFrom<CrashKind>('before', 'torn', 'garbage', 'after'),
      key: anyKey,
      atWrite: fc.constantFrom('begin' as const, 'finish' as const),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: fc.constant('fails' as const),
      how: fc.constantFrom('full' as const, 'unsynced' as const),
      key: anyKey,
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('restart' as const) }) },
)

test('whatever is asked, and wherever the power goes out, no key runs twice and no generation goes back', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(anyStep, { maxLength: 40 }), async (steps) => {
      const disk = new FakeDisk()
      let journal = await openOn(disk)
      const executed = new Set<number>()
      const acknowledged = new Set<number>()
      const applied = new Map<string, number>()
      /** One request as the dispatcher makes it: write, act, write. */
      const carryOut = async (key: number, beforeFinish = () => {}) => {
        const begun = await journal.begin(keyOf(key), digest)
        if (begun.kind === 'ended') return
        expect(executed.has(key)).toBe(false)
        executed.add(key)
        beforeFinish()
        if ((await journal.finish(keyOf(key), 'done', Buffer.of(key))) !== undefined) acknowledged.add(key)
      }
      const restart = async () => {
        disk.restore()
        journal = await openOn(disk)
        expect(journal.failure()).toBeUndefined()
        for (const key of acknowledged) {
          expect(await journal.begin(keyOf(key), digest)).toMatchObject({ kind: 'ended', result: Buffer.of(key) })
        }
        for (const [object, generation] of applied)
          expect(journal.generations(object).applied).toBeGreaterThanOrEqual(generation)
      }
      const quietly = (work: Promise<unknown>) => work.catch((error: unknown) => expect(error).toBeInstanceOf(Failure))
      for (const step of steps) {
        if (step.kind === 'ask') await quietly(carryOut(step.key))
        if (step.kind === 'generation') {
          const object = `object ${step.object}`
          await quietly(
            (async () => {
              await journal.beginGeneration(object, step.generation)
              expect(step.generation).toBeGreaterThanOrEqual(applied.get(object) ?? 0)
              if ((await journal.finishGeneration(object, step.generation)) !== undefined)
                applied.set(object, step.generation)
            })(),
          )
        }
        if (step.kind === 'fails') {
          disk.next = step.how
          await quietly(carryOut(step.key))
          disk.next = undefined
        }
        if (step.kind === 'crash') {
          if (step.atWrite === 'begin') disk.next = step.how
          await quietly(carryOut(step.key, () => void (step.atWrite === 'finish' && (disk.next = step.how))))
          await restart()
        }
        if (step.kind === 'restart') await restart()
      }
    }),
    { numRuns: 300 },
  )
}, 30_000)
