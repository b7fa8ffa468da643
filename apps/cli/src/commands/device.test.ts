import { readFileSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, beforeEach, expect, test, vi } from 'vitest'
import { consoleInTest, rootKey, type ConsoleInTest } from '../../../console/src/testing/console-in-test.ts'
import { DeviceAgent } from '../../../console/src/testing/device-agent.ts'
import { buildProgram } from '../main.ts'
import { runSallygate } from '../testing/cli-in-test.ts'

let it: ConsoleInTest
let shown: string
beforeAll(async () => {
  it = await consoleInTest()
})
afterAll(() => it.stop())
beforeEach(() => {
  shown = ''
  vi.spyOn(process.stdout, 'write').mockImplementation((text) => {
    shown += String(text)
    return true
  })
})
afterEach(() => vi.restoreAllMocks())

async function sallygate(...words: string[]): Promise<string> {
  shown = ''
  const access = ['--console', it.origin, '--api-key-file', join(it.home, 'key')]
  await buildProgram().parseAsync([...words, ...access], { from: 'user' })
  return shown
}

const group = 'Sample'

async function enrolled(said: object): Promise<DeviceAgent> {
  const codeFile = join(it.home, `code-${Math.random()}`)
  await sallygate('device', 'enrollment-code', '--group', group, '--code-file', codeFile)
  expect(statSync(codeFile).mode & 0o777).toBe(0o600)
  const agent = new DeviceAgent(it)
  await agent.enroll(group, said as never, { code: readFileSync(codeFile, 'utf8').trim() })
  return agent
}

test('a device is enrolled with a code from a file, found, shown, commanded, and removed', async () => {
  const identifiers = { serial: 'CLI-0001', hostName: 'ada-laptop', macs: ['00:10:5a:00:00:01'] }
  const agent = await enrolled({ identifiers, facts: { pinLocked: { unknown: true }, diskEncrypted: { value: true } } })

  expect(await sallygate('device', 'list', '--search', 'cli-0001')).toMatch(/ada-laptop +Sample +enrolled +yes/)
  expect(await sallygate('device', 'list', '--noncompliant')).not.toContain('ada-laptop')
  const one = await sallygate('device', 'show', '00:10:5A:00:00:01')
  expect(one).toMatch(/pinLocked +unknown +hub/)
  expect(one).toMatch(/diskEncrypted +true +hub/)
  expect(await sallygate('device', 'command', 'ada-laptop', 'lock', '--note', 'lost')).toContain('next check-in')
  expect((await agent.checkIn()).body['commands']).toMatchObject([{ kind: 'lock' }])
  expect(await sallygate('device', 'commands', 'ada-laptop')).toMatch(/lock +sent/)
  await sallygate('device', 'unenroll', 'ada-laptop', '--note', 'sold')
  expect(await sallygate('device', 'list', '--state', 'unenrolled')).toContain('ada-laptop')
  await sallygate('device', 'delete', agent.device, '--note', 'sold')
  expect(await sallygate('device', 'list')).not.toContain('ada-laptop')
})

test('words that find several devices are asked for again', async () => {
  await enrolled({ identifiers: { serial: 'CLI-0002' } })
  await enrolled({ identifiers: { serial: 'CLI-0003' } })

  await expect(sallygate('device', 'show', 'CLI-000')).rejects.toMatchObject({ details: { found: 'several' } })
  await expect(sallygate('device', 'show', 'nothing')).rejects.toMatchObject({ details: { found: 'none' } })
})

test('a policy is tried, set, shown as it can be set again, and removed', async () => {
  await enrolled({ identifiers: { serial: 'CLI-0004', hostName: 'plain' }, facts: { diskEncrypted: { value: false } } })
  const path = join(it.home, 'policy.json')
  const policy = { name: 'Encryption', rules: [{ kind: 'isTrue', fact: 'diskEncrypted', whenUnknown: 'passes' }] }
  writeFileSync(path, JSON.stringify(policy))

  expect(await sallygate('policy', 'preview', path, '--group', group)).toMatch(/would lose it +plain +Encryption/)
  expect(await sallygate('policy', 'set', path, '--group', group)).toContain('is made')
  const again = await sallygate('policy', 'show', 'Encryption', '--group', group)
  writeFileSync(path, again)
  expect(await sallygate('policy', 'set', path, '--group', group)).toContain('is changed')
  expect(await sallygate('policy', 'list', '--group', group)).toMatch(/Encryption +1 +medium +yes +yes +here/)
  await sallygate('policy', 'delete', 'Encryption', '--group', group)
  expect(await sallygate('policy', 'list', '--group', group)).not.toContain('Encryption')
})

test('a code is mailed to whom it invites; where mail is not set up it says so, and the code can be given another way', async () => {
  const access = ['--console', it.origin, '--api-key-file', join(it.home, 'key'), '--group', group]
  const code = (...words: readonly string[]) => runSallygate('device', 'code', ...words, ...access)
  const invited = ['--mail', 'ada@example.com', '--link', 'https://gate.example.com/enroll-device']

  const unsent = await code(...invited)
  const settings = { servers: [{ host: 'mail.test', port: 25 }], encryption: 'none', from: 'sallygate@example.com' }
  await it.ask('PUT', `/api/groups/${group}/services/mail`, { key: rootKey, body: { settings } })
  const sent = await code(...invited)
  const nowhere = await code('--mail', 'ada@example.com')
  const nobody = await code('--mail', 'not an address', '--link', 'https://gate.example.com/enroll-device')

  expect([unsent.code, unsent.err]).toEqual([2, expect.stringContaining('mail is not set up for this group')])
  expect(unsent.out).toMatch(/^[0-9A-Z-]{10,}\n/)
  expect([sent.code, sent.out]).toEqual([0, expect.stringContaining('It is being mailed to ada@example.com')])
  expect([nowhere.code, nowhere.err]).toEqual([1, expect.stringContaining('--link')])
  expect([nobody.code, nobody.err]).toEqual([1, expect.stringContaining('CONSOLE_INVALID_REQUEST')])
  const { messages } = (await runSallygate('mail', 'list', '--json', ...access)).json
  expect(messages).toMatchObject([{ template: 'device-enrollment', recipients: [{ address: 'ada@example.com' }] }])
})
