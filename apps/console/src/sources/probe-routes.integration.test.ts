import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  goodReplies,
  startMdmServer,
  type MdmServerInTest,
} from '../../../../protocols/ise-mdm/src/client/testing/mdm-server.ts'
import { consoleInTest, rootKey, type ConsoleInTest } from '../testing/console-in-test.ts'

const device = { guid: '5c7e0d4e-0000-4000-8000-000000000001', mac: 'AABBCCDDEEFF', isCompliant: false }

let it: ConsoleInTest
let mdm: MdmServerInTest
beforeAll(async () => {
  it = await consoleInTest({ settings: { sourceAddresses: '127.0.0.1, ::1' } })
  mdm = await startMdmServer({ reply: goodReplies([device]) })
})
afterAll(async () => {
  await mdm.close()
  await it.stop()
})

const probe = (body: object) =>
  it.ask('POST', '/api/nac/probe', {
    key: rootKey,
    body: { url: mdm.url, ca: mdm.ca, user: 'ACME\\ise', password: 's\u00e9same', ...body },
  })

test('an administrator sees in the browser what ISE would see', async () => {
  const { status, body } = await probe({ query: { criterion: 'macaddress', value: device.mac } })

  expect(status).toBe(200)
  expect(body).toMatchObject({ verdict: 'ok', total: 1, nonCompliant: 1, latency: { count: 20 } })
  expect(JSON.stringify(body)).toContain('not compliant: No PIN')
  expect(JSON.stringify(body)).not.toContain('same')
}, 60_000)

test('a wrong password is said in words', async () => {
  expect((await probe({ password: 'wrong' })).body).toMatchObject({ verdict: 'failed' })
})

test('one at a time is enough', async () => {
  const silent = await startMdmServer({ reply: () => ({ isSilent: true }) })
  try {
    const first = probe({ url: silent.url, ca: silent.ca })
    await expect.poll(() => silent.asked.length, { timeout: 20_000 }).toBe(1)

    expect((await probe({})).status).toBe(409)

    // Each step of the first gives up in its turn.
    let isOver = false
    void first.finally(() => (isOver = true))
    await expect.poll(() => it.clock.advance(11_000).then(() => isOver), { timeout: 20_000 }).toBe(true)
    expect((await first).body).toMatchObject({ verdict: 'failed' })
  } finally {
    await silent.close()
  }
}, 60_000)

test('it knocks on no door inside', async () => {
  const { body } = await probe({ url: 'https://169.254.169.254' })

  expect(JSON.stringify(body)).toContain('must not be asked from here')
})
