/**
 * Directory sync from end to end: a directory on loopback, a real connector, relay, console and store.
 *
 * The directory is our own small one in memory (simulated); real ones are in interop/directory-sync.
 *
 * @module
 */
import { afterEach, expect, test } from 'vitest'
import { WholeOffice } from '../testing/whole-office.ts'

const offices: WholeOffice[] = []
afterEach(async () => {
  for (const office of offices.splice(0)) await office.close()
})

const base = 'dc=corp,dc=test'
const stamp = (at = new Date()) => `${at.toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`

class Corp {
  readonly office: WholeOffice

  constructor(office: WholeOffice) {
    this.office = office
    office.tree.add(base, { objectClass: 'domain', dc: 'corp' })
    office.tree.add(`ou=people,${base}`, { objectClass: 'organizationalUnit', ou: 'people' })
    office.tree.add(`ou=left,${base}`, { objectClass: 'organizationalUnit', ou: 'left' })
  }

  person(uid: string, more: Record<string, string | readonly string[]> = {}, ou = 'people', id = uid): void {
    this.office.tree.add(`uid=${uid},ou=${ou},${base}`, {
      objectClass: 'inetOrgPerson',
      uid,
      cn: uid,
      sn: uid,
      displayName: `Person ${uid}`,
      mail: `${uid}@corp.test`,
      entryUUID: `id-${id}`,
      modifyTimestamp: stamp(),
      ...more,
    })
  }

  group(cn: string, members: readonly string[]): void {
    this.office.tree.add(`cn=${cn},${base}`, {
      objectClass: 'groupOfNames',
      cn,
      member: [...members],
      entryUUID: `id-${cn}`,
      modifyTimestamp: stamp(),
    })
  }

  gone(uid: string): void {
    this.office.tree.remove(`uid=${uid},ou=people,${base}`)
  }

  async start(body: Record<string, unknown> = {}) {
    return this.office.inGroup('POST', 'directory/sync/runs', body)
  }

  async ended(id: string, withinMs = 20_000) {
    let run = (await this.office.inGroup('GET', `directory/sync/runs/${id}`)).body
    const isOver = async () => {
      run = (await this.office.inGroup('GET', `directory/sync/runs/${id}`)).body
      return run.state !== 'running'
    }
    // What it waits for says more than that it took too long.
    await this.office.until(isOver, withinMs).catch(() => expect(run).toEqual('a run that has ended'))
    return run
  }

  async run(body: Record<string, unknown> = {}) {
    const started = await this.start(body)
    expect(started).toMatchObject({ status: 201 })
    return this.ended(started.body.id)
  }

  async changes(id: string) {
    const { body } = await this.office.inGroup('GET', `directory/sync/runs/${id}/changes`)
    return body.changes.map((one: { change: string; name: string }) => `${one.change} ${one.name}`).toSorted()
  }

  async names(what: 'users' | 'groups') {
    return (await this.office.inGroup('GET', `directory/${what}`)).body[what].map((one: { name: string }) => one.name)
  }

  async members(cn: string, of = 'direct') {
    const path = `directory/groups/id-${cn}/members?of=${of}`
    return (await this.office.inGroup('GET', path)).body.members.map((one: { name: string }) => one.name)
  }
}

const at = (uid: string) => `uid=${uid},ou=people,${base}`

async function open(sync: Record<string, unknown> = {}): Promise<Corp> {
  const office = await WholeOffice.open()
  offices.push(office)
  const corp = new Corp(office)
  for (const uid of ['ada', 'bob', 'eve']) corp.person(uid)
  corp.group('a', [`cn=b,${base}`])
  corp.group('b', [`cn=a,${base}`, at('ada'), at('nobody')])
  const turned = await office.turnOn({ baseDn: base, sync: { isOn: false, ...sync } })
  expect(turned.status).toBe(200)
  return corp
}

test('the first sync wants a preview, and what was looked at comes into force', async () => {
  const corp = await open()

  const refused = await corp.start()
  const preview = await corp.run({ mode: 'preview' })

  expect([refused.status, refused.body.code]).toEqual([409, 'DIRECTORY_SYNC_PREVIEW_FIRST'])
  expect(preview).toMatchObject({ state: 'previewed', full: true, canBeReleased: true, counts: { added: 5 } })
  expect(await corp.names('users')).toEqual([])
  const released = await corp.office.inGroup('POST', `directory/sync/runs/${preview.id}/release`, {})
  expect(released.status).toBe(200)
  expect(await corp.ended(preview.id)).toMatchObject({ state: 'done' })
  expect(await corp.names('users')).toEqual(['Person ada', 'Person bob', 'Person eve'])
  expect(await corp.names('groups')).toEqual(['a', 'b'])
  expect(await corp.members('a')).toEqual(['b'])
  expect(await corp.members('a', 'transitive')).toEqual(['a', 'b', 'Person ada'])
  const ada = (await corp.office.inGroup('GET', 'directory/users/id-ada')).body
  expect(ada).toMatchObject({ login: 'ada', fields: { mail: ['ada@corp.test'] }, isDisabled: false })
  expect(ada.groups).toEqual([
    { id: 'id-a', name: 'a', isTransitive: true },
    { id: 'id-b', name: 'b', isTransitive: false },
  ])
}, 60_000)

test('a second run changes nothing, and an incremental one finds changes, moves, removals and members', async () => {
  const corp = await open()
  const first = await corp.run({ withoutPreview: true })
  expect(first).toMatchObject({ state: 'done', counts: { added: 5, membersAdded: 4 } })

  const again = await corp.run({ full: true })
  expect(again).toMatchObject({ state: 'done', full: true, deletions: 'wholeRun', counts: { unchanged: 5 } })
  expect(await corp.changes(again.id)).toEqual([])

  corp.person('ada', { mail: 'countess@corp.test' })
  corp.gone('bob')
  corp.gone('eve')
  corp.person('eve', {}, 'left')
  corp.person('nobody')
  corp.group('b', [at('ada'), at('nobody')])
  const next = await corp.run({ full: false })

  expect(next).toMatchObject({ state: 'done', full: false, method: 'timestamp', deletions: 'sweep' })
  expect(await corp.changes(next.id)).toEqual([
    'added Person nobody',
    'changed Person ada',
    'changed b',
    'moved Person eve',
    'removed Person bob',
  ])
  expect(next.counts).toMatchObject({ membersAdded: 0, membersRemoved: 1 })
  expect(await corp.members('b')).toEqual(['Person ada', 'Person nobody'])
  expect(await corp.names('users')).toEqual(['Person ada', 'Person eve', 'Person nobody'])
}, 60_000)

test('too many removals are held until somebody releases them, and stopping leaves everything as it was', async () => {
  const corp = await open({
    safeguards: { maxRemovals: 1, maxRemovalsPercent: 100, maxChangesPercent: 100, maxMembershipsRemovedPercent: 100 },
  })
  await corp.run({ withoutPreview: true })
  corp.gone('ada')
  corp.gone('bob')

  const held = await corp.run({ full: true })
  expect(held).toMatchObject({
    state: 'held',
    held: { because: [{ safeguard: 'maxRemovals', limit: 1, actual: 2 }] },
    counts: { removed: 2 },
  })
  expect(await corp.names('users')).toHaveLength(3)
  const { body: events } = await corp.office.call('GET', '/api/events?id=SG-4010')
  expect(events.events).toHaveLength(1)

  const stopped = await corp.office.inGroup('POST', `directory/sync/runs/${held.id}/stop`)
  expect(stopped.body.state).toBe('stopped')
  expect(await corp.names('users')).toHaveLength(3)

  // Read with other settings than those of now: nobody who looks at these means that.
  const stale = await corp.run({ full: true })
  const sync = {
    isOn: false,
    safeguards: { maxRemovals: 1, maxRemovalsPercent: 100, maxChangesPercent: 100, maxMembershipsRemovedPercent: 100 },
  }
  await corp.office.turnOn({ baseDn: base, sync, userFilter: '(sn=*)' })
  const refused = await corp.office.inGroup('POST', `directory/sync/runs/${stale.id}/release`, {})
  expect([refused.status, refused.body.code]).toEqual([409, 'DIRECTORY_SYNC_READ_OTHERWISE'])
  expect(await corp.names('users')).toHaveLength(3)

  const second = await corp.run({ full: true })
  await corp.office.inGroup('POST', `directory/sync/runs/${second.id}/release`, {})
  expect(await corp.ended(second.id)).toMatchObject({ state: 'done' })
  expect(await corp.names('users')).toEqual(['Person eve'])
}, 60_000)

test('an object identifier that no entry has fails the run, and keeps what was there', async () => {
  const corp = await open()
  await corp.run({ withoutPreview: true })
  const objectIdentifier = { attribute: 'entryUID', dataType: 'text' }
  await corp.office.turnOn({ baseDn: base, sync: { isOn: false }, objectIdentifier })

  const failed = await corp.run()

  expect(failed).toMatchObject({ state: 'failed', failure: { code: 'DIRECTORY_SYNC_NOBODY_USABLE' } })
  expect(await corp.names('users')).toHaveLength(3)
}, 60_000)

test('a run that is stopped by a restart of the connector goes on, and one whose directory fails keeps what was there', async () => {
  const corp = await open()
  await corp.run({ withoutPreview: true })
  await corp.office.connector.stop()
  const started = await corp.start({ full: true })
  await corp.office.join('two')
  const ended = await corp.ended(started.body.id, 40_000)
  expect(ended.failure).toBeUndefined()
  expect(ended).toMatchObject({ state: 'done', counts: { unchanged: 5 } })

  await corp.office.turnOn({ baseDn: 'ou=elsewhere,dc=corp,dc=test', sync: {} })
  const failed = await corp.run()
  expect(failed).toMatchObject({ state: 'failed', failure: { code: 'DIRECTORY_NO_SUCH_BASE' } })
  expect(await corp.names('users')).toHaveLength(3)
}, 90_000)
