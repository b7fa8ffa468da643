import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleInTest, rootKey, type ConsoleInTest } from '../../../console/src/testing/console-in-test.ts'
import { runSallygate } from '../testing/cli-in-test.ts'

let it: ConsoleInTest
beforeAll(async () => {
  it = await consoleInTest()
})
afterAll(() => it.stop())

const set = (...words: readonly string[]) =>
  runSallygate('relay', 'set', ...words, '--console', it.origin, '--api-key-file', join(it.home, 'key'), '--json')
const settings = async () => (await it.ask('GET', '/api/relay', { key: rootKey })).body

test('the first address of the relay is asked for, and then serves both sides', async () => {
  const missing = await set('--on')
  await set('--external', 'https://127.0.0.1:9/awcm')

  expect([missing.code, JSON.parse(missing.err).code]).toEqual([1, 'CLI_BAD_ARGUMENT'])
  expect(await settings()).toMatchObject({
    enabled: true,
    externalUrl: 'https://127.0.0.1:9/awcm',
    internalUrl: 'https://127.0.0.1:9/awcm',
  })
})

test('what is not named stays: authorities, the other address, and whether it is on', async () => {
  const root = String((await it.ask('GET', '/api/certificates/root', { key: rootKey })).body['pem'])
  const file = join(it.home, 'authorities.pem')
  writeFileSync(file, root)
  await set('--internal', 'https://127.0.0.1:10/awcm', '--ca-file', file)
  await set('--external-port', '11')
  await set('--off')

  const after = await settings()

  expect(after).toMatchObject({ enabled: false, tlsCa: root, internalUrl: 'https://127.0.0.1:10/awcm' })
  expect(after['externalUrl']).toBe('https://127.0.0.1:11/awcm')
  expect((await set('--on')).json).toMatchObject({ enabled: true, externalUrl: 'https://127.0.0.1:11/awcm' })
})

test.each(['0', '65536', 'https', '-1', ''])('%j is no port', async (port) => {
  const { code, err } = await set(`--external-port=${port}`)

  expect([code, JSON.parse(err).code]).toEqual([1, 'CLI_BAD_ARGUMENT'])
})
