import { afterAll, beforeAll, expect, test } from 'vitest'
import { consoleInTest, rootKey, type ConsoleInTest } from '../testing/console-in-test.ts'
import { Metrics } from './metrics.ts'

let it: ConsoleInTest
beforeAll(async () => {
  it = await consoleInTest()
  await make('/api/groups', { name: 'Planted group 8841' })
})
afterAll(() => it.stop())

const make = (path: string, body: unknown) => it.ask('POST', path, { key: rootKey, body })

async function page(key?: string): Promise<{ readonly status: number; readonly type: string; readonly text: string }> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` }
  const answer = await fetch(`${it.origin}/api/metrics`, { headers })
  return { status: answer.status, type: answer.headers.get('content-type') ?? '', text: await answer.text() }
}

test('without a key, and with one of a group only, there are no metrics', async () => {
  const { body } = await make('/api/api-keys', { name: 'own', role: 'administrator', group: 'Planted group 8841' })

  expect((await page()).status).toBe(401)
  expect((await page('sgk_wrong')).status).toBe(401)
  expect((await page(String(body['key']))).status).toBe(403)
})

test('a key that may only see how things are reads them as Prometheus does', async () => {
  await make('/api/roles', { name: 'Scraper', resources: ['status:read'] })
  const { body } = await make('/api/api-keys', { name: 'prometheus', role: 'Scraper' })

  const { status, type, text } = await page(String(body['key']))

  expect([status, type]).toEqual([200, 'text/plain; version=0.0.4; charset=utf-8'])
  expect(text).toContain('sallygate_console_store_writable 1\n')
  expect(text).toContain('sallygate_console_relay_attached 0\n')
  expect(text).toMatch(/^sallygate_console_requests_total\{action="roles.post",status="201"\} 1$/m)
  expect(text).toMatch(/^sallygate_console_events_total\{severity="critical"\} 0$/m)
  expect(text).toMatch(/^sallygate_console_audit_rows [1-9]/m)
  expect(text).toMatch(/^process_resident_memory_bytes [1-9]/m)
  expect(text).not.toContain('8841')
})

test('codes that the other end makes up do not grow without end', async () => {
  const metrics = new Metrics()

  for (let at = 0; at < 1000; at++) metrics.called('directory.search', `MADE_UP_${at}`, 3)

  const rows = (await metrics.page()).split('\n').filter((line) => line.includes('calls_total{'))
  expect(rows.length).toBeLessThanOrEqual(201)
  expect(rows.at(-1)).toMatch(/outcome="other"\} 800$/)
})
