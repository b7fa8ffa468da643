import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@sallygate/base/log'
import { createMasterKey, openStore, type Store } from '@sallygate/store'
import { FakeClock } from '@sallygate/testkit'
import { verifyChain, type GroupId } from '@sallygate/trust'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { GroupAuthorities } from '../certificates/group-authorities.ts'
import { Installation } from '../certificates/installation.ts'
import { OrganizationGroups } from './organization-groups.ts'

const clock = new FakeClock()
let home: string
let store: Store
let installation: Installation
let authorities: GroupAuthorities
let groups: OrganizationGroups

beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'sallygate-groups-'))
  const masterKey = createMasterKey(join(home, 'master.key'))
  store = await openStore({ path: join(home, 'console.sqlite'), masterKey, clock, log: silentLog })
  installation = await Installation.open(store, clock, silentLog)
  authorities = new GroupAuthorities(store, clock, installation)
  groups = new OrganizationGroups(store, authorities)
})

afterEach(async () => {
  await store.close()
  rmSync(home, { recursive: true, force: true })
})

const code = (expected: string) => expect.objectContaining({ code: expected }) as Error

test('a group has an authority that is confined to it, and a signer under that', async () => {
  const { id } = await groups.add('Acme')
  const other = await groups.add('Other')

  const { authority, signers } = await authorities.of(id)

  const leaf = signers[0]?.certificate
  if (leaf === undefined) throw new Error('a signer')
  const { console, root } = installation
  const request = {
    leaf,
    intermediates: [authority],
    anchors: [root],
    profile: 'consoleSigning',
    at: clock.now(),
    console,
  } as const
  expect(verifyChain({ ...request, group: id as GroupId }).groupId).toBe(id)
  expect(() => verifyChain({ ...request, group: other.id as GroupId })).toThrow(code('TRUST_WRONG_GROUP'))
})

test.each(['', '   ', 'a\0b', 'a\u202eb', 'x'.repeat(300), '\ud800', '\u200b'])('%j is no name', async (name) => {
  await expect(groups.add(name)).rejects.toEqual(code('STORE_NAME_INVALID'))
  expect(await groups.list()).toEqual([])
  expect(await store.certificates.list({ kind: 'groupAuthority' })).toEqual([])
})

test.each([
  ['Straße', 'STRASSE'],
  ['Café', 'Cafe\u0301'],
  ['Acme', ' acme '],
  ['A  B', 'a b'],
])('%j and %j are one name', async (first, second) => {
  const { id } = await groups.add(first)

  await expect(groups.add(second)).rejects.toEqual(code('STORE_NAME_TAKEN'))
  expect((await groups.find(second)).id).toBe(id)
})

test('names are inert, whatever they look like', async () => {
  const names = [
    '=1+1',
    '<script>alert(1)</script>',
    "'; drop table groups; --",
    '__proto__',
    '../../etc/passwd',
    '{{7*7}}',
  ]

  for (const name of names) await groups.add(name)

  expect((await groups.list()).map(({ name }) => name).toSorted()).toEqual(names.toSorted())
  expect((await groups.find('__proto__')).name).toBe('__proto__')
})

test('a name that two groups have means neither; the id means one', async () => {
  const [north, south] = [await groups.add('North'), await groups.add('South')]
  const sales = await groups.add('Sales', north.id)
  await groups.add('Sales', south.id)

  await expect(groups.find('Sales')).rejects.toEqual(code('CONSOLE_NOT_FOUND'))
  expect(await groups.find(sales.id)).toEqual(sales)
})

test('a parent that is not there, and an id that is, are said as what they are', async () => {
  await expect(groups.add('Child', 'nobody')).rejects.toEqual(code('CONSOLE_NOT_FOUND'))
  await expect(groups.find('00'.repeat(16))).rejects.toEqual(code('CONSOLE_NOT_FOUND'))
})

test('two that make one name at once get one group', async () => {
  const ended = await Promise.allSettled([groups.add('Acme'), groups.add('ACME')])

  expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  expect(await groups.list()).toHaveLength(1)
})
