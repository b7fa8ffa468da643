import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { homeAt, type Home } from './home.ts'
import { lockHome } from './home-lock.ts'

let home: Home
beforeEach(() => {
  home = homeAt(mkdtempSync(join(tmpdir(), 'sallygate-lock-')))
})
afterEach(() => rmSync(home.root, { recursive: true, force: true }))

test('a home that a living process holds is refused, and free again when it lets go', async () => {
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30000)'], { stdio: 'ignore' })
  await once(other, 'spawn')
  const held = lockHome(home, other.pid)

  expect(() => lockHome(home)).toThrow(
    expect.objectContaining({ code: 'CONNECTOR_ALREADY_RUNNING', details: { home: home.root, pid: other.pid } }),
  )
  held.release()
  expect(() => lockHome(home)).not.toThrow()
  other.kill('SIGKILL')
  await once(other, 'exit')
})

test.each(['999999999 1', '1 0', 'garbage', ''])('what a killed process left behind is taken over: %j', (left) => {
  writeFileSync(join(home.root, 'connector.lock'), left)

  lockHome(home)

  expect(readFileSync(join(home.root, 'connector.lock'), 'utf8')).toMatch(new RegExp(`^${process.pid} `))
})
