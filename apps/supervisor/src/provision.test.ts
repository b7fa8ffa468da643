import { mkdtempSync, rmSync, writeFileSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, onTestFinished, test } from 'vitest'
import { takeHome, type Home } from './home.ts'
import { groupOf, type Group } from './provision.ts'

function homeInTest(): Home {
  const path = mkdtempSync(join(tmpdir(), 'sallygate-home-'))
  onTestFinished(() => rmSync(path, { recursive: true, force: true }))
  return takeHome(path)
}

/** A console with these groups, in the order in which it lists them. */
const consoleWith = (...groups: readonly Group[]) => ({ call: async <T>() => ({ groups }) as T })

const branch = { id: 'b', name: 'EMEA', parent: 't' }
const top = { id: 't', name: 'Sample Office' }

test('before there is a connector its group is the first at the top, wherever the list has it', async () => {
  expect(await groupOf(consoleWith(branch, top), homeInTest())).toBe(top)
})

test('a start goes on with the group of its own connector, whatever was made meanwhile', async () => {
  const home = homeInTest()
  mkdirSync(home.of('connector', 'identity'))
  writeFileSync(home.of('connector', 'identity/enrollment.json'), JSON.stringify({ group: 'b', instance: 'i' }))

  expect(await groupOf(consoleWith(top, branch), home)).toBe(branch)
})

test('a console without a group is named', async () => {
  await expect(groupOf(consoleWith(), homeInTest())).rejects.toMatchObject({ code: 'SUPERVISOR_PART_FAILED' })
})
