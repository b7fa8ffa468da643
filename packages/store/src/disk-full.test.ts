import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, statfsSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { missingForSmallDisk } from '@sallygate/testkit/small-disk'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { randomBytes } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { TestHome } from './testing/test-home.ts'

const skipped = missingForSmallDisk()
if (skipped !== undefined) console.log(`disk-full suite skipped: ${skipped}`)

describe.skipIf(skipped !== undefined)('on a full disk', () => {
  let mount: string
  let home: TestHome
  beforeEach(() => {
    mount = mkdtempSync(join(tmpdir(), 'sallygate-small-disk-'))
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=4m', 'tmpfs', mount])
    home = new TestHome(mount)
  })
  afterEach(async () => {
    await home.remove()
    execFileSync('umount', [mount])
    rmSync(mount, { recursive: true })
  })

  const ballast = () => join(mount, 'ballast')
  const fillDisk = () => {
    const { bavail, bsize } = statfsSync(mount)
    writeFileSync(ballast(), Buffer.alloc(bavail * bsize, 1))
  }
  const makeRoom = () => rmSync(ballast())

  test('writes are refused by name, reads go on, and writing resumes when there is room', async () => {
    const store = await home.open()
    const group = await store.groups.add({ name: 'Acme' })
    fillDisk()

    const refused = await addUntilRefused(() => store.groups.add({ name: randomBytes(60).toString('hex') }))

    expect(refused).toMatchObject({ code: 'STORE_DISK_FULL', retry: 'later', status: 507 })
    expect(store.health()).toMatchObject({ kind: 'readOnly', failure: { code: 'STORE_DISK_FULL' } })
    expect(await store.groups.get(group.id)).toEqual(group)
    makeRoom()
    await store.groups.add({ name: 'after' })
    expect(store.health()).toEqual({ kind: 'writable' })
  })

  test('a log row that found no room is not in the chain, and the chain is unbroken afterwards', async () => {
    const store = await home.open()
    fillDisk()
    const record = {
      requestId: 'r',
      requestDigest: randomBytes(32),
      outcome: 'done',
      operation: 'o',
      group: 'g',
      component: 'c',
      at: new Date(),
    }

    const refused = await addUntilRefused(() => store.requestLog.append(record))
    const { position } = store.requestLog.head
    makeRoom()
    const next = await store.requestLog.append(record)

    expect(refused).toMatchObject({ code: 'STORE_DISK_FULL' })
    expect(next.position).toBe(position + 1)
    expect((await store.requestLog.verify()).kind).toBe('intact')
  })

  test('a transaction that found no room leaves nothing, and no code is used up', async () => {
    const store = await home.open()
    const { id: group } = await store.groups.add({ name: 'Acme' })
    const secret = new Secret(randomBytes(16))
    await store.enrollmentCodes.add({ codeId: 'c', group, secret, name: 'x', expiresAt: new Date(Date.now() + 60_000) })
    fillDisk()
    await addUntilRefused(() => store.groups.add({ name: randomBytes(60).toString('hex') }))

    const failing = store.transaction(async (inside) => {
      await inside.enrollmentCodes.use('c', 'i')
      for (let at = 0; at < 50; at++) await inside.groups.add({ name: `group ${at}` })
    })

    await expect(failing).rejects.toMatchObject({ code: 'STORE_DISK_FULL' })
    expect((await store.enrollmentCodes.find('c'))?.usedAt).toBeUndefined()
    expect(await store.groups.findByName('group 0')).toBeUndefined()
  })

  test('a store opens for reading, and writes when there is room', async () => {
    const first = await home.open()
    await first.groups.add({ name: 'Acme' })
    await first.close()
    fillDisk()

    const store = await home.open()

    expect(await store.groups.list()).toHaveLength(1)
    expect(store.health().kind).toBe('readOnly')
    makeRoom()
    await store.groups.add({ name: 'after' })
    await store.close()
    expect(await (await home.open()).groups.list()).toHaveLength(2)
  })

  test('a backup and a first start are refused by name and leave no partial file', async () => {
    const store = await home.open()
    const other = new TestHome(mount)
    fillDisk()

    await expect(store.backup(join(mount, 'copy'))).rejects.toMatchObject({ code: 'STORE_DISK_FULL' })
    await expect(other.open()).rejects.toMatchObject({ code: 'STORE_DISK_FULL' })

    makeRoom()
    await store.backup(join(mount, 'copy'))
    expect(await (await other.open()).groups.list()).toEqual([])
    await other.remove()
  })
})

/** A log that is being reused has some room of its own; sooner or later it ends. */
async function addUntilRefused(add: () => Promise<unknown>): Promise<unknown> {
  for (let at = 0; at < 2000; at++) {
    try {
      await add()
    } catch (error) {
      return error
    }
  }
  return 'never refused'
}
