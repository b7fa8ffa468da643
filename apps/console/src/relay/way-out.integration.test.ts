import { startScriptedProxy, refusal, tunnel, type ScriptedProxy } from '@sallygate/testkit/scripted-proxy'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { Gate } from '../testing/gate.ts'

let gate: Gate
let proxy: ScriptedProxy
beforeAll(async () => {
  proxy = await startScriptedProxy()
  gate = await Gate.open({ proxyUrl: `http://127.0.0.1:${proxy.port}` })
}, 30_000)
afterAll(async () => {
  await gate.close()
  await proxy.stop()
})

interface Hop {
  readonly name: string
  readonly verdict: string
  readonly says: string
}

async function relayHops(): Promise<readonly Hop[]> {
  const { body } = await gate.call('POST', '/api/relay/test')
  return (await gate.call('GET', `/api/traces/${body.trace}`)).body.hops
}

test('the console reaches its relay through the proxy of its settings, and a look-up crosses two proxied ends', async () => {
  const before = proxy.questions.length
  gate.connectorValues = { proxyUrl: `http://127.0.0.1:${proxy.port}` }
  await gate.join('inside')
  await gate.turnOn()
  await gate.until(async () => (await gate.search()).status === 200)

  expect(before).toBeGreaterThan(0)
  expect(proxy.questions.length).toBeGreaterThan(before)
  expect(gate.answered).toContain('inside')
}, 20_000)

test('its trace shows the hops at the proxy, and the check names them', async () => {
  const hops = await relayHops()
  const { body } = await gate.call('POST', '/api/relay/check')

  expect(hops.map(({ name }) => name)).toEqual([
    'console',
    'way out',
    'proxy TCP',
    'proxy CONNECT',
    'relay TLS',
    'relay status page',
    'relay challenge',
    'relay round trip',
  ])
  expect(hops.every(({ verdict }) => verdict === 'ok')).toBe(true)
  expect(body.rows.map(({ target }: { target: string }) => target)).toContain(`proxy TCP 127.0.0.1:${proxy.port}`)
})

test('a proxy that refuses is the hop that has something to say, while the session that stands goes on', async () => {
  proxy.answer = () => refusal(403)
  const hops = await relayHops()
  proxy.answer = () => tunnel

  expect(hops.find(({ name }) => name === 'proxy CONNECT')).toMatchObject({
    verdict: 'warning',
    says: expect.stringContaining('does not allow') as string,
  })
  expect(hops.at(-1)).toMatchObject({ name: 'relay round trip', verdict: 'ok' })
})
