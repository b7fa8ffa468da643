/**
 * Every command there is, as somebody types it who does not know it.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Command } from 'commander'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { buildProgram } from './main.ts'
import { runSallygate } from './testing/cli-in-test.ts'

interface Leaf {
  readonly words: readonly string[]
  readonly command: Command
}

function leaves(command: Command, words: readonly string[] = []): readonly Leaf[] {
  if (command.commands.length === 0) return [{ words, command }]
  return command.commands.flatMap((one) => leaves(one, [...words, one.name()]))
}

const all = leaves(buildProgram()).map((leaf) => [leaf.words.join(' '), leaf] as const)
const asking = all.filter(([, { command }]) => command.options.some(({ long }) => long === '--api-key-file'))

let home: string
beforeAll(() => {
  home = mkdtempSync(join(tmpdir(), 'sallygate-commands-'))
  writeFileSync(join(home, 'key'), `sgk_${'A'.repeat(43)}\n`, { mode: 0o600 })
  writeFileSync(join(home, 'file'), 'a secret of some length\n', { mode: 0o600 })
})
afterAll(() => rmSync(home, { recursive: true, force: true }))

describe.each(all)('%s', (_name, { words, command }) => {
  test('says what it does and what it takes', async () => {
    const { out, code } = await runSallygate(...words, '--help')

    expect(code).toBe(0)
    expect(command.description()).toMatch(/^\S.{8,}\S$/s)
    expect(out).toContain(`Usage: sallygate ${words.join(' ')}`)
    expect(command.options.filter(({ description }) => description === '').map(({ flags }) => flags)).toEqual([])
  })

  test('refuses an option it does not have, and does nothing', async () => {
    const { out, err, code } = await runSallygate(...words, '--no-such-option')

    expect([code, out]).toEqual([64, ''])
    expect(err).toMatch(/unknown option|required option|missing required/)
  })

  test('misses an argument it needs by name', async () => {
    const needed = command.registeredArguments.find(({ required }) => required)
    if (needed === undefined) return
    const { err, code } = await runSallygate(...words)

    expect(code).toBe(64)
    expect(err).toMatch(new RegExp(`missing required argument '${needed.name()}'|required option`))
  })
})

/** What a command needs that is neither an argument nor mandatory on its own. */
const oneOf: Readonly<Record<string, readonly string[]>> = { 'group move': ['--to-top'] }

describe.each(asking)('%s asks the console and', (_name, { words, command }) => {
  const filled = () => [
    ...command.registeredArguments.filter(({ required }) => required).map(() => '1'),
    ...(oneOf[words.join(' ')] ?? []),
    ...command.options.filter(({ mandatory }) => mandatory).flatMap(({ long }) => [long ?? '', join(home, 'file')]),
  ]

  test('says in JSON that nobody answers, with 1', async () => {
    const access = ['--console', 'http://127.0.0.1:9', '--api-key-file', join(home, 'key'), '--group', 'g']
    const takesGroup = command.options.some(({ long }) => long === '--group')
    const { out, err, code } = await runSallygate(
      ...words,
      ...filled(),
      ...(takesGroup ? access : access.slice(0, 4)),
      '--json',
    )

    expect(out).toBe('')
    expect(code).toBe(1)
    expect(JSON.parse(err)).toMatchObject({ code: expect.stringMatching(/^[A-Z]+_[A-Z_]+$/), fix: expect.any(String) })
  })

  test('says where credentials come from when there are none', async () => {
    const { err, code } = await runSallygate(...words, ...filled(), '--home', join(home, 'nothing'), '--json')

    expect(code).toBe(1)
    expect(JSON.parse(err).code).toMatch(/^(?:CLI|FILE|SUPERVISOR)_/)
  })
})
