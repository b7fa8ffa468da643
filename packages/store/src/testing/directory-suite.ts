/**
 * What every store has to keep about the people and groups of a directory. A part of `suite.ts`.
 *
 * @module
 */
import { describe, expect, test } from 'vitest'
import type { ApplyRules } from '../directory-apply.ts'
import { searchKey } from '../directory-words.ts'
import type { StagedObject, StagedPart } from '../directory-staging.ts'
import type { OpenedStore } from './suite.ts'

interface Said {
  readonly kind?: 'user' | 'group'
  readonly name: string
  readonly key?: string
  readonly members?: readonly string[]
  readonly sid?: string
  readonly primarySid?: string
  readonly mail?: string
}

export function directorySuite(opened: () => OpenedStore): void {
  describe('directory sync', () => {
    const begin = async () => {
      const { store } = opened()
      const group = await store.groups.add({ name: 'Acme' })
      const { scope } = await store.directoryRuns.scope(group.id)
      return { store, group: group.id, scope }
    }
    type Begun = Awaited<ReturnType<typeof begin>>

    /** A run that reads these, and puts them into force. */
    const sync = async (
      { store, group, scope }: Begun,
      said: readonly Said[],
      more: { readonly removed?: readonly string[]; readonly follows?: boolean } = {},
    ) => {
      const { run } = await store.directoryRuns.add(group, scope, 'running', {})
      const rules: ApplyRules = { run, scope, refs: 'key', follows: more.follows ?? false }
      const first = await store.directoryStaging.takeNumbers(said.length * 2)
      const objects: StagedObject[] = []
      const parts: StagedPart[] = []
      for (const [at, { kind = 'user', name, key = `cn=${name}`, members, sid, primarySid, mail }] of said.entries()) {
        const [known] = await store.directoryStaging.known(scope, kind, [name])
        const number = known?.number ?? first + at
        const content = first + said.length + at
        objects.push({
          kind,
          id: name,
          number,
          attempt: 1,
          change: known === undefined ? 'added' : 'changed',
          name,
          nameKey: searchKey(name),
          login: name,
          loginKey: searchKey(name),
          mail: mail ?? null,
          dn: key,
          key,
          sid: sid ?? null,
          primarySid: primarySid ?? null,
          flags: 0,
          expiresAt: null,
          digest: Buffer.from(`${name}${run}`),
          membersDigest: members === undefined ? null : Buffer.from(members.join()),
          content,
          fields: JSON.stringify({ run: [String(run)] }),
          detail: null,
        })
        if (members !== undefined) parts.push({ number, part: 0, digest: Buffer.from('x'), refs: members })
      }
      await store.directoryStaging.stage(run, 1, objects, parts)
      const gone = await Promise.all(
        (more.removed ?? []).map(async (id) => [
          ...(await store.directoryStaging.known(scope, 'user', [id])),
          ...(await store.directoryStaging.known(scope, 'group', [id])),
        ]),
      )
      await store.directoryStaging.stageRemoved(
        run,
        1,
        gone.flat().map(({ number }) => number),
      )
      await apply(rules, said.length > 100 ? 2000 : 2)
      return run
    }
    const apply = async (rules: ApplyRules, step = 2) => {
      const { directoryApply } = opened().store
      for (let at: number | undefined = 0; at !== undefined;) at = await directoryApply.objects(rules, at, step)
      for (let at: number | undefined = 0; at !== undefined;) at = await directoryApply.removals(rules, at, step)
      const groups = await directoryApply.groups(rules, 0, 100)
      await directoryApply.members(
        rules,
        groups.map(({ number }) => number),
      )
      for (let at: number | undefined = 0; at !== undefined;) at = await directoryApply.loose(rules, at, step)
    }
    const membersOf = async ({ store, scope }: Begun, id: string, isTransitive = false) => {
      const group = await store.directoryObjects.find(scope, 'group', id)
      if (group === undefined) return undefined
      const rows = await store.directoryObjects.members(group, scope, isTransitive, { limit: 100 })
      return rows.map(({ name }) => name)
    }

    test('what was read is in force, by name, and its fields with it', async () => {
      const at = await begin()
      await sync(at, [
        { name: 'Zoë' },
        { name: 'ada' },
        { kind: 'group', name: 'all', members: ['cn=ada', 'cn=nobody'] },
      ])

      const users = await at.store.directoryObjects.list(at.scope, { kind: 'user' }, { limit: 10 })
      const after = users[0] && { value: users[0].nameKey, id: String(users[0].number) }
      const second = await at.store.directoryObjects.list(at.scope, { kind: 'user' }, { limit: 10, after })
      const found = await at.store.directoryObjects.list(at.scope, { kind: 'user', search: 'zo' }, { limit: 10 })
      const all = await at.store.directoryObjects.find(at.scope, 'group', 'all')

      expect(users.map(({ name }) => name)).toEqual(['ada', 'Zoë'])
      expect(second.map(({ name }) => name)).toEqual(['Zoë'])
      expect(found.map(({ name }) => name)).toEqual(['Zoë'])
      expect(all?.fields).toMatch(/run/)
      expect(await membersOf(at, 'all')).toEqual(['ada'])
      expect(all && (await at.store.directoryObjects.memberCounts(all, at.scope))).toEqual({ direct: 1, loose: 1 })
      expect(await at.store.directoryObjects.counts(at.scope)).toEqual({ users: 2, groups: 1 })
    })

    test('people are found by the beginning of each word of their names, by login and mail, and groups by theirs', async () => {
      const at = await begin()
      await sync(at, [
        { name: 'Ada Lovelace', mail: 'Countess@Office.test' },
        { name: 'Zoë Ünïcode-Okafor' },
        { name: '海 太郎' },
        { name: 'Lovegood, Luna' },
        { kind: 'group', name: 'GG-Sales-Berlin_RW' },
      ])
      const find = async (text: string, kind: 'user' | 'group' = 'user') => {
        const rows = await at.store.directoryObjects.list(at.scope, { kind, search: searchKey(text) }, { limit: 10 })
        return rows.map(({ name }) => name)
      }

      expect(await find('love')).toEqual(['Ada Lovelace', 'Lovegood, Luna'])
      expect(await find('LOVELACE')).toEqual(['Ada Lovelace'])
      expect(await find('lovelace ada')).toEqual(['Ada Lovelace'])
      expect(await find('ada lun')).toEqual([])
      expect(await find('u\u0308ni\u0308')).toEqual(['Zoë Ünïcode-Okafor'])
      expect(await find('okaf')).toEqual(['Zoë Ünïcode-Okafor'])
      expect(await find('太')).toEqual(['海 太郎'])
      expect(await find('countess@off')).toEqual(['Ada Lovelace'])
      expect(await find('ove')).toEqual([])
      expect(await find('%')).toEqual([])
      expect(await find('berlin', 'group')).toEqual(['GG-Sales-Berlin_RW'])
      expect(await find('gg-sales-b', 'group')).toEqual(['GG-Sales-Berlin_RW'])
      expect(await find('berlin')).toEqual([])
    })

    test('who is called otherwise now is found by that, and nobody by what was', async () => {
      const at = await begin()
      const first = await sync(at, [
        { name: 'ada', mail: 'ada@before.test' },
        { name: 'bob', mail: 'bob@office.test' },
      ])
      const find = async (search: string) =>
        (await at.store.directoryObjects.list(at.scope, { kind: 'user', search }, { limit: 10 })).map(({ id }) => id)
      expect(await find('ada@before')).toEqual(['ada'])

      await sync(at, [{ name: 'ada', mail: 'ada@after.test' }], { removed: ['bob'] })

      expect(await find('ada@before')).toEqual([])
      expect(await find('ada@after')).toEqual(['ada'])
      expect(await find('bob@')).toEqual([])
      expect(first).toBeGreaterThan(0)
    })

    test('a search that thousands match comes in the order of names, page by page', async () => {
      const at = await begin()
      const people = Array.from({ length: 1200 }, (_, number) => ({
        name: `p${String(number).padStart(4, '0')} smith`,
      }))
      await sync(at, people)
      const page = async (search: string, after?: { value: string; id: string }) => {
        const rows = await at.store.directoryObjects.list(at.scope, { kind: 'user', search }, { limit: 2, after })
        return rows.map(({ name, nameKey, number }) => ({ name, after: { value: nameKey, id: String(number) } }))
      }

      const first = await page('sm')
      const second = await page('sm', first[1]?.after)

      expect([...first, ...second].map(({ name }) => name)).toEqual(people.slice(0, 4).map(({ name }) => name))
      expect((await page('sm p0777')).map(({ name }) => name)).toEqual(['p0777 smith'])
      expect((await page('sm p')).map(({ name }) => name)).toEqual(['p0000 smith', 'p0001 smith'])
    })

    test('who left a directory that follows its members, and comes back, is in the groups again', async () => {
      const at = await begin()
      await sync(at, [{ name: 'ada' }, { name: 'bob' }, { kind: 'group', name: 'all', members: ['cn=ada', 'cn=bob'] }])
      await sync(at, [], { removed: ['ada'], follows: true })
      const all = await at.store.directoryObjects.find(at.scope, 'group', 'all')
      expect(await membersOf(at, 'all')).toEqual(['bob'])
      expect(all && (await at.store.directoryObjects.memberCounts(all, at.scope))).toEqual({ direct: 1, loose: 0 })
      expect(all && [...(await at.store.directoryObjects.memberRefs(all.number, 'key'))]).toEqual(['cn=bob'])

      await sync(at, [{ name: 'ada', key: 'cn=ada,ou=new' }], { follows: true })

      expect(await membersOf(at, 'all')).toEqual(['ada', 'bob'])
    })

    test('who left for good is no member of a group that was read without them since', async () => {
      const at = await begin()
      await sync(at, [{ name: 'ada' }, { name: 'bob' }, { kind: 'group', name: 'all', members: ['cn=ada', 'cn=bob'] }])
      await sync(at, [], { removed: ['ada'], follows: true })
      await sync(at, [{ kind: 'group', name: 'all', members: ['cn=bob'] }], { follows: true })

      await sync(at, [{ name: 'ada' }], { follows: true })

      expect(await membersOf(at, 'all')).toEqual(['bob'])
    })

    test('groups in groups are found to the end of a cycle, and a primary group counts', async () => {
      const at = await begin()
      await sync(at, [
        { name: 'ada', primarySid: 'S-1-513' },
        { name: 'bob' },
        { kind: 'group', name: 'a', members: ['cn=b'] },
        { kind: 'group', name: 'b', members: ['cn=c', 'cn=bob'] },
        { kind: 'group', name: 'c', members: ['cn=a'], sid: 'S-1-513' },
      ])
      const ada = await at.store.directoryObjects.find(at.scope, 'user', 'ada')

      const groups = ada && (await at.store.directoryObjects.groupsOf(ada, at.scope, 100))

      expect(await membersOf(at, 'a')).toEqual(['b'])
      expect(await membersOf(at, 'a', true)).toEqual(['a', 'ada', 'b', 'bob', 'c'])
      expect(await membersOf(at, 'c')).toEqual(['a', 'ada'])
      expect(groups?.map(({ name, isDirect }) => `${name} ${isDirect}`)).toEqual(['a false', 'b false', 'c true'])
    })

    test('a member that is called otherwise stays where the directory follows, and leaves its old name where it does not', async () => {
      const one = await begin()
      const group = { kind: 'group', name: 'all', members: ['cn=ada', 'cn=bob'] } as const
      await sync(one, [{ name: 'ada' }, { name: 'bob' }, group])

      await sync(one, [{ name: 'ada', key: 'cn=ada,ou=new' }], { removed: ['bob'], follows: true })
      expect(await membersOf(one, 'all')).toEqual(['ada'])

      await sync(one, [{ name: 'ada', key: 'cn=ada,ou=newer' }])
      expect(await membersOf(one, 'all')).toEqual([])
      await sync(one, [{ name: 'eve', key: 'cn=ada,ou=new' }])
      expect(await membersOf(one, 'all')).toEqual(['eve'])
    })

    test('doing a step twice does nothing more', async () => {
      const at = await begin()
      const run = await sync(at, [{ name: 'ada' }, { kind: 'group', name: 'all', members: ['cn=ada'] }])
      const before = await at.store.directoryObjects.whole([1, 2, 3, 4])

      await apply({ run, scope: at.scope, refs: 'key', follows: false })

      expect(await at.store.directoryObjects.whole([1, 2, 3, 4])).toEqual(before)
      expect(await membersOf(at, 'all')).toEqual(['ada'])
    })

    test('a very large group takes its members part by part, and those who left go last', async () => {
      const at = await begin()
      await sync(at, [
        { name: 'ada' },
        { name: 'bob' },
        { name: 'eve' },
        { kind: 'group', name: 'all', members: ['cn=bob'] },
      ])
      const { run } = await at.store.directoryRuns.add(at.group, at.scope, 'running', {})
      const rules: ApplyRules = { run, scope: at.scope, refs: 'key', follows: false }
      const all = await at.store.directoryObjects.find(at.scope, 'group', 'all')
      const number = all?.number ?? 0
      const parts = [['cn=ada'], ['cn=eve']].map((refs, part) => ({ number, part, digest: Buffer.from('x'), refs }))
      await at.store.directoryStaging.stage(run, 1, [], parts)

      await at.store.directoryApply.membersOfPart(rules, number, 0)
      expect(await membersOf(at, 'all')).toEqual(['ada', 'bob'])
      await at.store.directoryApply.membersOfPart(rules, number, 1)
      const staying = new Set([
        ...(await at.store.directoryApply.resolved(rules, number, 0)),
        ...(await at.store.directoryApply.resolved(rules, number, 1)),
      ])
      const children = await at.store.directoryApply.children(number, 0, 100)
      await at.store.directoryApply.dropChildren(
        number,
        children.filter((child) => !staying.has(child)),
      )

      expect(await membersOf(at, 'all')).toEqual(['ada', 'eve'])
    })

    test('a run reports what it did, and one that is discarded leaves nothing behind', async () => {
      const at = await begin()
      const run = await sync(at, [{ name: 'ada' }, { name: 'bob' }])
      await at.store.directoryStaging.setChanges(run, [{ number: 1, change: 'moved', detail: '{"fields":["dn"]}' }])

      const report = await at.store.directoryReports.changes(run, { after: 0, limit: 10 })
      expect(report.map(({ name, change, detail }) => [name, change, detail])).toEqual([
        ['ada', 'moved', '{"fields":["dn"]}'],
        ['bob', 'added', null],
      ])
      expect(await at.store.directoryReports.counts(run)).toEqual(
        new Map([
          ['moved', 1],
          ['added', 1],
        ]),
      )

      expect(await at.store.directoryReports.forget(run, 100)).toBe(true)
      expect(await at.store.directoryReports.forget(run, 100)).toBe(false)
      expect((await at.store.directoryObjects.find(at.scope, 'user', 'ada'))?.fields).toMatch(/run/)
    })

    test('a transaction that is saved later is whole or not at all, and the next one waits for the disk again', async () => {
      const { store } = opened()
      const add = (name: string) => store.groups.add({ name })
      const failing = store.transactionSavedLater(async (inside) => {
        await inside.groups.add({ name: 'half' })
        throw new Error('no more')
      })
      await expect(failing).rejects.toThrow(/no more/)
      const made = await store.transactionSavedLater((inside) => inside.groups.add({ name: 'whole' }))

      await add('after')

      expect((await store.groups.list()).map(({ name }) => name)).toEqual(['after', 'whole'])
      expect(made.name).toBe('whole')
    })

    test('what differs is compared with both sides at hand', async () => {
      const at = await begin()
      await sync(at, [{ name: 'ada' }])
      const { run } = await at.store.directoryRuns.add(at.group, at.scope, 'running', {})
      const whole = (await at.store.directoryObjects.whole([1]))[0]
      const { fields: _, scope: __, syncedAt: ___, ...row } = whole as NonNullable<typeof whole>
      const changed = {
        ...row,
        attempt: 1,
        change: 'differs' as const,
        dn: 'cn=Ada',
        content: 99,
        fields: '{}',
        detail: null,
      }
      await at.store.directoryStaging.stage(run, 1, [changed], [])

      const [sides] = await at.store.directoryStaging.differing(run, 0, 10)

      expect(sides).toMatchObject({ dn: 'cn=Ada', oldDn: 'cn=ada', newFields: '{}' })
      expect(sides?.oldFields).toMatch(/run/)
    })

    test('a first run that is told of somebody twice keeps the later one, and groups in groups find each other', async () => {
      const at = await begin()
      const { directoryFirst, directoryReports, directoryStaging, directoryObjects } = at.store
      const { run } = await at.store.directoryRuns.add(at.group, at.scope, 'running', {})
      const first = { run, scope: at.scope, refs: 'key' } as const
      let number = await directoryStaging.takeNumbers(100)
      const add = async (kind: 'user' | 'group', name: string, key: string, refs: readonly string[] = []) => {
        const row = {
          kind, id: name, number: number++, attempt: 1, change: 'added', name, nameKey: searchKey(name), login: null,
          loginKey: null, mail: null, dn: key, key, sid: null, primarySid: null, flags: 0, expiresAt: null,
          digest: Buffer.from(key), membersDigest: null, content: number++, fields: '{}', detail: null,
        } as const // prettier-ignore
        const parts = kind === 'user' ? [] : [{ number: row.number, part: 0, digest: Buffer.from('x'), refs }]
        await directoryFirst.add(first, [row], parts, 1)
      }
      await add('user', 'ada', 'cn=ada')
      await add('user', 'ada', 'cn=ada,ou=new')
      await add('group', 'a', 'cn=a', ['cn=b', 'cn=ada,ou=new', 'cn=nobody'])
      await add('group', 'b', 'cn=b', ['cn=a'])
      // It was renamed while it was read; who named it before names nobody now, as in the directory.
      await add('group', 'a', 'cn=a2', ['cn=b', 'cn=ada,ou=new'])
      for (let last: number | undefined = 0; last !== undefined;) last = await directoryFirst.settle(first, last, 1)

      expect(await membersOf(at, 'a')).toEqual(['ada', 'b'])
      expect(await membersOf(at, 'b')).toEqual([])
      const b = await directoryObjects.find(at.scope, 'group', 'b')
      expect(b && (await directoryObjects.memberCounts(b, at.scope))).toEqual({ direct: 0, loose: 1 })
      const report = await directoryReports.changes(run, { after: 0, limit: 10 })
      expect(report.map(({ kind, dn }) => `${kind} ${dn}`)).toEqual(['user cn=ada,ou=new', 'group cn=b', 'group cn=a2'])

      while (await directoryFirst.erase(at.scope, run, undefined, 2));
      expect(await directoryObjects.counts(at.scope)).toEqual({ users: 0, groups: 0 })
      expect(await directoryReports.counts(run)).toEqual(new Map())
    })

    test('a group that is deleted takes its people with it', async () => {
      const at = await begin()
      await sync(at, [{ name: 'ada' }, { kind: 'group', name: 'all', members: ['cn=ada', 'cn=x'] }])

      await at.store.groups.add({ name: 'Other' })
      await at.store.groups.remove(at.group)

      expect(await at.store.directoryObjects.counts(at.scope)).toEqual({ users: 0, groups: 0 })
    })
  })
}
