import { describe, expect, test } from 'vitest'
import type { GeneralName, NameKind } from './extension.ts'
import {
  groupHost,
  identityUri,
  makeId,
  parseId,
  parseIdentityUri,
  type ConsoleId,
  type GroupId,
  type InstanceId,
} from './identity.ts'
import { violates } from './name-constraints.ts'
import { outcomeOf } from './test-tamper.ts'

const name = (kind: NameKind, value: string): GeneralName => ({ kind, value })
const permits = (constraint: GeneralName, of: GeneralName) =>
  violates([of], { permitted: [constraint], excluded: [] }) === undefined
const excludes = (constraint: GeneralName, of: GeneralName) =>
  violates([of], { permitted: [], excluded: [constraint] }) !== undefined

describe('a URI is held to its host', () => {
  const host = name('uri', 'group.console')

  test.each([
    ['sallygate://group.console/connector/1', true],
    ['sallygate://GROUP.console/connector/1', true],
    ['sallygate://group.console:8443', true],
    ['sallygate://group.console', true],
    ['sallygate://other.console/connector/1', false],
    ['sallygate://evil.group.console/', false],
    ['sallygate://group.console.evil/', false],
    ['sallygate://group.console@evil/', false],
    ['sallygate://evil/group.console', false],
    ['sallygate://evil?group.console', false],
    ['sallygate://evil#@group.console', false],
    ['sallygate:group.console', false],
    ['urn:sallygate:group.console', false],
    ['sallygate:///group.console', false],
    ['', false],
  ])('%s', (uri, isPermitted) => {
    expect(permits(host, name('uri', uri))).toBe(isPermitted)
  })

  test('a leading dot means hosts below, and a URI without a host is never within', () => {
    expect(permits(name('uri', '.console'), name('uri', 'sallygate://group.console/'))).toBe(true)
    expect(permits(name('uri', '.console'), name('uri', 'sallygate://console/'))).toBe(false)
    expect(excludes(name('uri', 'group.console'), name('uri', 'urn:any'))).toBe(true)
  })
})

test('names of a kind that no constraint speaks of are free, but not constraints nobody understands', () => {
  expect(permits(name('dns', 'example.com'), name('uri', 'sallygate://any.host/'))).toBe(true)
  expect(permits(name('directory', '3000'), name('uri', 'sallygate://any.host/'))).toBe(false)
  expect(permits(name('email', 'example.com'), name('uri', 'sallygate://any.host/'))).toBe(false)
  expect(excludes(name('email', ''), name('email', 'a@example.com'))).toBe(true)
})

test('an address mask has its ones in front', () => {
  expect(permits(name('ip', '0a000000ff000000'), name('ip', '0a010203'))).toBe(true)
  expect(permits(name('ip', '0a000000ff000000'), name('ip', '0b010203'))).toBe(false)
  expect(permits(name('ip', '0a000000ff00ff00'), name('ip', '0a010203'))).toBe(false)
  expect(permits(name('ip', '0a000000ff000000'), name('ip', '0a010203'.repeat(4)))).toBe(false)
})

describe('identities', () => {
  const console = makeId<ConsoleId>()
  const group = makeId<GroupId>()
  const instance = makeId<InstanceId>()
  const all = [
    { role: 'consoleIdentity', console },
    { role: 'authority', console, group },
    { role: 'consoleSigning', console, group },
    { role: 'bootstrap', console, group },
    { role: 'connector', console, group, instance },
  ] as const

  test.each(all)('the URI of a $role comes back, and is under the host of its group', (identity) => {
    const uri = identityUri(identity)

    expect(parseIdentityUri(uri)).toEqual(identity)
    if ('group' in identity) expect(permits(name('uri', groupHost(console, group)), name('uri', uri))).toBe(true)
  })

  test('other spellings are nobody', () => {
    const uri = identityUri(all[4])
    for (const other of [
      uri.toUpperCase(),
      `${uri}/`,
      `${uri}\n`,
      uri.replace('sallygate', 'https'),
      uri.replace('connector', 'toString'),
    ])
      expect(parseIdentityUri(other)).toBeUndefined()
  })

  test('an id is 32 lower-case hex characters', () => {
    expect(parseId(group)).toBe(group)
    for (const bad of ['', group.toUpperCase() + 'A', `${group}0`, `${group}\n`, group.slice(1)])
      expect(outcomeOf(() => parseId(bad))).toBe('TRUST_MALFORMED')
  })
})
