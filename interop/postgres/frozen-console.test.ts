/**
 * A console whose PostgreSQL server says nothing for a while, and what network access control hears meanwhile.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { consoleSettings, startConsole, type Console } from '@sallygate/console'
import type { PostgresConnection } from '@sallygate/store'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Ask } from '../../apps/console/src/testing/console-in-test.ts'
import { rootKey } from '../../apps/console/src/testing/console-in-test.ts'
import { startNacBeside, type NacBeside } from '../../apps/console/src/testing/nac-beside.ts'
import { PostgresHome } from './postgres-home.ts'
import { findPostgres } from './postgres-server.ts'

describe.skipIf('missing' in findPostgres())('a console whose database is frozen', { timeout: 120_000 }, () => {
  let home: PostgresHome
  let connection: PostgresConnection
  let running: Console
  let nac: NacBeside

  beforeAll(async () => {
    home = await PostgresHome.start()
    connection = await home.server.makeDatabase()
    const directory = join(home.directory, 'frozen')
    mkdirSync(directory, { mode: 0o700 })
    const write = (file: string, content: string) => {
      writeFileSync(join(directory, file), `${content}\n`, { mode: 0o600 })
      return join(directory, file)
    }
    const { host, port, database, user, password } = connection
    const values = {
      home: directory,
      port: 0,
      database: `postgres://${user}@${host}:${port}/${database}`,
      databasePasswordFile: write('database-password', String(password?.reveal())),
      firstAdminPasswordFile: write('admin-password', 'correct horse battery'),
      firstApiKeyFile: write('api-key', rootKey),
    }
    const host_ = { clock: systemClock, log: silentLog }
    running = await startConsole(consoleSettings.parse([{ name: 'test', values }]), host_)
    nac = await startNacBeside({ ask, origin: running.url })
    const { body: group } = await ask('POST', '/api/groups', { key: rootKey, body: { name: 'Acme' } })
    await running.inventory.report({
      group: String(group['id']),
      source: 'fusionInventory',
      identifiers: { serial: 'SN-1', macs: ['00:10:5A:00:00:01'] },
      facts: {},
      atMs: Date.now(),
    })
    await expectKnown()
  }, 120_000)
  afterAll(async () => {
    await nac?.stop()
    await running?.stop()
    await home?.stop()
  }, 60_000)

  async function ask(method: string, path: string, { key, body }: Ask = {}) {
    const answer = await fetch(`${running.url}${path}`, {
      method,
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    })
    const text = await answer.text()
    return { status: answer.status, body: JSON.parse(text) as Record<string, unknown>, text, cookie: undefined }
  }

  const query = { kind: 'one', criterion: 'macaddress', value: '00105A000001' } as const
  async function expectKnown(): Promise<void> {
    const untilMs = performance.now() + 30_000
    while (
      (await nac
        .client(3)
        .find(query)
        .catch(() => undefined)) === undefined
    ) {
      if (performance.now() > untilMs) throw new Error('nac did not hear of the device')
      await new Promise((resolve) => setTimeout(resolve, 50))
    }
  }

  test('T17: it says 503 to who wants a change, nac answers on, and all goes on by itself', async () => {
    const startedMs = performance.now()
    const letGo = await home.server.freezeAll()
    const changes: { status: number; code: unknown; ms: number }[] = []
    const answers: number[] = []
    const change = async () => {
      const beganMs = performance.now()
      const { status, body } = await ask('POST', '/api/groups', {
        key: rootKey,
        body: { name: `New ${changes.length}` },
      })
      changes.push({ status, code: body['code'], ms: Math.round(performance.now() - beganMs) })
    }
    try {
      while (performance.now() - startedMs < 20_000) {
        const changing = change()
        for (let times = 0; times < 20; times++) {
          const beganMs = performance.now()
          expect((await nac.client(3).find(query))?.isRegistered).toBe(true)
          answers.push(performance.now() - beganMs)
          await new Promise((resolve) => setTimeout(resolve, 50))
        }
        await changing
        if (changes.length === 1) await change()
      }
    } finally {
      letGo()
    }
    console.log(
      `frozen for 20 s: ${answers.length} questions answered, the slowest after ${Math.max(...answers).toFixed(0)} ms`,
      JSON.stringify(changes),
    )

    expect(new Set(changes.map(({ status }) => status))).toEqual(new Set([503]))
    // Only whoever tries again waits at all.
    const [first, rightAfter] = changes.map(({ ms }) => ms)
    expect(first).toBeLessThan(20_000)
    expect(rightAfter).toBeLessThan(1500)
    expect(answers.toSorted((a, b) => a - b).at(-1)).toBeLessThan(2000)
    const untilMs = performance.now() + 30_000
    const body = { name: 'Afterwards' }
    while ((await ask('POST', '/api/groups', { key: rootKey, body }).catch(() => undefined))?.status !== 201) {
      if (performance.now() > untilMs) throw new Error('it did not go on')
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  })
})
