/** T23 for mail: a disk that is full refuses by name, loses nothing, and goes on when there is room. */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { missingForSmallDisk } from '@sallygate/testkit/small-disk'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { Rig } from './testing/rig.ts'

// Real stores and sockets on a machine that may be busy.
vi.setConfig({ testTimeout: 30_000 })

const skipped = missingForSmallDisk()
if (skipped !== undefined) console.log(`outbox on a full disk skipped: ${skipped}`)

describe.skipIf(skipped !== undefined)('on a full disk', () => {
  let mount: string
  let rig: Rig
  beforeEach(async () => {
    mount = mkdtempSync(join(tmpdir(), 'sallygate-small-disk-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount])
    rig = await new Rig(mount).open()
  })
  afterEach(async () => {
    await rig.close()
    execFileSync('umount', [mount])
    rmSync(mount, { recursive: true })
  })

  const fillDisk = () => {
    const { bavail, bsize } = statfsSync(mount)
    writeFileSync(join(mount, 'ballast'), Buffer.alloc(bavail * bsize, 1))
  }
  const makeRoom = () => rmSync(join(mount, 'ballast'))

  test('a mail that cannot be written is refused and not queued, and what was acknowledged is sent', async () => {
    rig.answer = () => new Promise(() => {})
    const acknowledged: string[] = []
    fillDisk()

    let refused: unknown
    for (let number = 0; refused === undefined && number < 2000; number++) {
      await rig.queue(`${number}`).then(
        ({ id }) => acknowledged.push(id),
        (error: unknown) => (refused = error),
      )
    }
    const kept = await rig.store.mailList.counts()
    makeRoom()
    rig.answer = ({ parameters }) => parameters.recipients.map((address) => ({ address, outcome: 'sent' }))
    const after = await rig.queue('after')
    await rig.until(after.id, 'sent')

    expect(refused).toMatchObject({ code: 'STORE_DISK_FULL', status: 507, retry: 'later' })
    expect(Object.values(kept.states).reduce((sum, count) => sum + count, 0)).toBe(acknowledged.length)
  })

  test('what became of a message waits for room, and nobody sends it in the meantime', async () => {
    let answer = () => {}
    rig.answer = ({ parameters }) =>
      new Promise((resolve) => {
        answer = () => resolve(parameters.recipients.map((address) => ({ address, outcome: 'sent' as const })))
      })
    const { id } = await rig.queue()
    await rig.until(id, 'sending')
    await expect.poll(() => rig.asked.length, { timeout: 5000 }).toBe(1)
    fillDisk()
    await useUpTheRest()

    answer()
    await rig.clock.advance(60_000)
    const meanwhile = await rig.message(id)
    makeRoom()
    await rig.until(id, 'sent')

    expect(meanwhile.state).toBe('sending')
    expect(rig.asked).toHaveLength(1)
  })

  /** The database has some pages left in its files. */
  async function useUpTheRest(): Promise<void> {
    for (let number = 0; number < 2000; number++) {
      const isFull = await rig.store.groups.add({ name: `filler ${number} ${'x'.repeat(200)}` }).then(
        () => false,
        () => true,
      )
      if (isFull) return
    }
    throw new Error('the disk does not fill')
  }
})
