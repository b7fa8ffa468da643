/**
 * Whole directory syncs on a PostgreSQL server come to what they come to on SQLite.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { createMasterKey, loadMasterKey, openStore, type Store } from '@sallygate/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Story, type Chapter } from './directory-story.ts'
import { PostgresHome } from './postgres-home.ts'
import { findPostgres } from './postgres-server.ts'

const postgres = findPostgres()
if ('missing' in postgres) console.log(`skipped: directory syncs on PostgreSQL, ${postgres.missing}`)

describe.skipIf('missing' in postgres)('directory syncs on PostgreSQL', () => {
  let home: PostgresHome
  let sqlite: Store
  let onPostgres: Store
  const folder = mkdtempSync(join(tmpdir(), 'story-'))

  beforeAll(async () => {
    home = await PostgresHome.start()
    onPostgres = await home.open({ connection: await home.makeFilled() })
    createMasterKey(join(folder, 'key'))
    const masterKey = loadMasterKey(join(folder, 'key'))
    sqlite = await openStore({ path: join(folder, 'db'), masterKey, clock: systemClock, log: silentLog })
  }, 120_000)
  afterAll(async () => {
    await sqlite?.close()
    await onPostgres?.close()
    await home?.stop()
    rmSync(folder, { recursive: true, force: true })
  })

  test('the first one, changes, deletions and a safeguard come to the same as on SQLite', async () => {
    const stories = [await Story.begin(sqlite), await Story.begin(onPostgres)]
    /** The same is done in both directories. */
    const both = async (change: (story: Story) => void, step: (story: Story) => Promise<Chapter>): Promise<Chapter> => {
      const [ours, theirs] = await Promise.all(
        stories.map((story) => {
          change(story)
          return step(story)
        }),
      )
      if (ours === undefined || theirs === undefined) throw new Error('there are two of them')
      expect(theirs).toEqual(ours)
      return ours
    }
    const breakOnce = ({ directory }: Story) => (directory.breaksAfter = 3)

    const preview = await both(breakOnce, (story) => story.preview())
    expect(preview).toMatchObject({ state: 'previewed', counts: { added: 705, membersAdded: 706 } })
    const first = await both(
      () => {},
      (story) => story.release(),
    )
    expect(first.state).toBe('done')
    expect(first.picture['ring-a']).toMatchObject({
      7: ['p1', 'ring-b'],
      8: ['p1', 'p2', 'ring-a', 'ring-b', 'ring-c'],
    })
    expect(first.found.length).toBe(11)

    const changes = await both(
      ({ directory }) => {
        directory.person(1, { isDisabled: true })
        directory.person(2, { key: 'uid=u2,ou=left', dn: 'uid=u2,ou=left' })
        directory.person(900)
        directory.group('empty', ['uid=u900,ou=people', 'cn=all'])
        directory.gone('p3')
      },
      (story) => story.sync(false),
    )
    expect(changes).toMatchObject({
      state: 'done',
      counts: { added: 1, disabled: 1, moved: 1, changed: 1, removed: 1 },
    })

    const restarted = await both(
      (story) => {
        breakOnce(story)
        story.directory.group('all', ['uid=u1,ou=people', 'uid=u2,ou=left'])
        story.directory.person(3)
      },
      (story) => story.sync(true),
    )
    expect(restarted).toMatchObject({ state: 'done', counts: { added: 1, changed: 1, removed: 0 } })
    expect(restarted.picture['all']).toMatchObject({ 7: ['p1', 'p2'] })

    const held = await both(
      ({ directory }) => {
        for (let at = 100; at < 140; at++) directory.gone(`p${at}`)
      },
      (story) => story.sync(true),
    )
    expect(held).toMatchObject({ state: 'held', counts: { removed: 40 } })
    expect(held.picture).toEqual(restarted.picture)
    const released = await both(
      () => {},
      (story) => story.release(),
    )
    expect(Object.keys(released.picture).length).toBe(Object.keys(held.picture).length - 40)

    const nothing = await both(
      () => {},
      (story) => story.sync(true),
    )
    expect(nothing.report).toEqual([])
    for (const story of stories) await story.end()
  }, 180_000)
})
