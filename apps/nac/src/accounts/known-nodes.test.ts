import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@sallygate/base/log'
import { FakeClock } from '@sallygate/testkit'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { KnownNodes } from './known-nodes.ts'

const dayMs = 86_400_000
let home = ''
let clock: FakeClock
beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'sallygate-nodes-'))
  clock = new FakeClock()
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

const path = () => join(home, 'nodes.json')
const open = () => new KnownNodes({ path: path(), clock, log: silentLog })

test('an address is known after a restart, and forgotten when it has not been seen for a month', () => {
  const before = open()
  before.seen('192.0.2.1')
  before.seen('192.0.2.2')
  before.save()

  const after = open()
  expect([after.has('192.0.2.1'), after.has('192.0.2.2'), after.has('192.0.2.3')]).toEqual([true, true, false])
  expect(statSync(path()).mode & 0o077).toBe(0)
  clock.jumpWall(20 * dayMs)
  after.seen('192.0.2.2')
  clock.jumpWall(11 * dayMs)
  expect([after.has('192.0.2.1'), after.has('192.0.2.2')]).toEqual([false, true])
})

test('of very many the ones not seen for longest are forgotten', () => {
  const nodes = open()
  for (let at = 0; at < 600; at++) nodes.seen(`node ${at}`)

  expect([nodes.has('node 99'), nodes.has('node 100'), nodes.has('node 599')]).toEqual([false, true, true])
  nodes.save()
  expect((JSON.parse(readFileSync(path(), 'utf8')) as readonly unknown[]).length).toBe(500)
})

test.each(['', '{', '{}', 'null', '[1, ["a"], ["a", "b"]]'])(
  'a file that says %s names nobody, and is written anew',
  (text) => {
    writeFileSync(path(), text, { mode: 0o600 })
    const nodes = open()
    expect(nodes.has('a')).toBe(false)
    nodes.seen('192.0.2.1')
    nodes.save()

    expect(open().has('192.0.2.1')).toBe(true)
  },
)
