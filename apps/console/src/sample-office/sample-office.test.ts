import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, expect, test } from 'vitest'
import { consoleInTest, rootKey, type ConsoleInTest } from '../testing/console-in-test.ts'

let gate: ConsoleInTest | undefined
let office: Server | undefined
afterEach(async () => {
  await gate?.stop()
  office?.closeAllConnections()
  office?.close()
  gate = undefined
  office = undefined
})

const mail = {
  number: 1,
  at: '2026-11-22T10:00:00.000Z',
  from: 'a@x.test',
  to: ['b@x.test'],
  subject: 's',
  messageId: '<1>',
  isEncrypted: true,
  text: 't',
  html: '',
}

async function open(body: string, base = (port: number) => `http://127.0.0.1:${port}`): Promise<ConsoleInTest> {
  const server = createServer((_request, response) => void response.end(body))
  office = server
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  gate = await consoleInTest({ settings: { sampleOfficeUrl: base(port) } })
  return gate
}

const ask = (console: ConsoleInTest) => console.ask('GET', '/api/sample-office/mails', { key: rootKey })

test('mail that arrived at the sample office is shown, and says that it is simulated', async () => {
  const console = await open(JSON.stringify({ simulated: true, items: [{ ...mail, extra: 1 }] }))

  expect((await ask(console)).body).toEqual({ simulated: true, mails: [mail] })
})

test('without a sample office there is nothing, for everybody', async () => {
  gate = await consoleInTest()

  expect((await ask(gate)).status).toBe(404)
  expect((await gate.ask('GET', '/api/sample-office/syslog', { key: rootKey })).status).toBe(404)
})

test('the setting makes no way to anywhere but this machine', async () => {
  const console = await open('{}', (port) => `http://localhost.:${port}`)

  expect((await ask(console)).status).toBe(404)
})

test.each(['no json', '{"simulated": false, "items": []}', '{"simulated": true, "items": [{}]}'])(
  'an office that answers %s is away',
  async (body) => {
    const console = await open(body)

    const answer = await ask(console)

    expect([answer.status, answer.body['code']]).toEqual([503, 'SAMPLE_OFFICE_AWAY'])
  },
)
