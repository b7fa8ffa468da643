/**
 * The console with a real relay and real connectors, in one process, over TLS on loopback.
 *
 * @module
 */
import { cpSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Secret } from '@sallygate/base/secret'
import { enrollConnector } from '@sallygate/connector'
import { directoryFailure } from '@sallygate/service-directory/contract'
import { afterEach, describe, expect, test } from 'vitest'

import { Gate, unreadableFilter } from './testing/gate.ts'

const gates: Gate[] = []
afterEach(async () => {
  for (const gate of gates.splice(0)) await gate.close()
})

async function open(): Promise<Gate> {
  const gate = await Gate.open()
  gates.push(gate)
  return gate
}

describe('a call', () => {
  test('crosses the gate and comes back with its result and a trace', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.turnOn()

    const answer = await gate.search()

    expect(answer).toMatchObject({
      status: 200,
      body: { result: { server: 'ldap.test:636' }, connector: { name: 'one' }, attempts: 1 },
    })
  })

  test('without any connector is answered at once, by name', async () => {
    const gate = await open()
    await gate.turnOn()
    const began = Date.now()

    const answer = await gate.search()

    expect(answer).toMatchObject({ status: 503, body: { code: 'CONSOLE_NO_CONNECTOR_ATTACHED' } })
    expect(Date.now() - began).toBeLessThan(1000)
  })

  test('of a service that is off, of no operation, with wrong parameters and to the settings of a connector is refused here', async () => {
    const gate = await open()
    const off = await gate.search()
    await gate.turnOn()

    const unknown = await gate.search({ operation: 'directory.destroy' })
    const wrong = await gate.search({ parameters: { kind: 'users', filter: '(cn=*)' } })
    const settings = await gate.search({
      operation: 'instance.configure',
      parameters: { service: 'directory', settings: {}, generation: 9 },
    })

    expect([off, unknown, wrong, settings].map(({ body }) => body.code)).toEqual([
      'CONSOLE_SERVICE_OFF',
      'CONSOLE_OPERATION_UNKNOWN',
      'SERVICE_PARAMETERS_INVALID',
      'CONSOLE_OPERATION_UNKNOWN',
    ])
  })

  test('is shared by two connectors', async () => {
    const gate = await open()
    await Promise.all([gate.join('one'), gate.join('two')])
    await gate.turnOn()
    gate.behavior = () => new Promise((resolve) => setTimeout(resolve, 5))

    await Promise.all(Array.from({ length: 30 }, () => gate.search()))

    const counts = ['one', 'two'].map((name) => gate.answered.filter((by) => by === name).length)
    expect(Math.min(...counts)).toBeGreaterThan(5)
  })

  test('that fails at the directory says why, with the directory’s status and the trace', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.turnOn()
    gate.behavior = () => Promise.reject(directoryFailure('UNREACHABLE'))

    const answer = await gate.search()

    expect(answer.body).toMatchObject({
      code: 'DIRECTORY_UNREACHABLE',
      status: directoryFailure.rows.UNREACHABLE.status ?? 500,
    })
    expect(answer.body.connector.name).toBe('one')
    expect(answer.body.spans.map((span: { name: string; outcome: string }) => `${span.name} ${span.outcome}`)).toEqual([
      'console ok',
      'gate failed',
      'search failed',
    ])
  })

  test('whose password check gets no answer could not be verified, and is never called wrong', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.turnOn()
    gate.behavior = () => new Promise(() => {})
    const parameters = { user: 'u', password: 'p' }

    const answer = await gate.call('POST', `/api/groups/${gate.group}/call`, {
      operation: 'directory.authenticate',
      parameters,
      deadlineMs: 600,
    })

    expect(answer).toMatchObject({ status: 504, body: { code: 'CONSOLE_UNKNOWN_OUTCOME' } })
    expect(JSON.stringify(answer.body)).not.toMatch(/wrong|refused/i)
    expect(gate.answered).toEqual([])
  })

  test('is in the request log, which is whole', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.turnOn()
    await gate.search()

    const logged = await gate.call('GET', `/api/groups/${gate.group}/requests?limit=5`)
    const verdict = await gate.call('GET', '/api/requests/verify')

    expect(logged.body.requests[0]).toMatchObject({
      operation: 'directory.search',
      outcome: 'done',
      connector: 'one',
      replyDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
    })
    expect(verdict.body).toMatchObject({ ok: true, rows: expect.any(Number) })
  })
})

describe('enrollment', () => {
  test('by an installer works as often as it says and under its password only', async () => {
    const gate = await open()
    const made = await gate.call('POST', `/api/groups/${gate.group}/installer`, { uses: 1, days: 2 })
    const file = join(gate.home, 'installer.json')
    writeFileSync(file, made.body.installer)
    const enroll = (name: string, password: string) =>
      enrollConnector({
        home: join(gate.home, name),
        with: { kind: 'installer', file, certificatePassword: () => Promise.resolve(new Secret(password)) },
        name,
      })

    await expect(enroll('wrong', 'not the password at all')).rejects.toMatchObject({ code: 'TRUST_WRONG_PASSWORD' })
    await enroll('first', made.body.certificatePassword)
    await expect(enroll('second', made.body.certificatePassword)).rejects.toMatchObject({
      code: expect.stringMatching(/ENROLLMENT_REFUSED|INSTALLER_SPENT/),
    })
    await gate.start('first')
    await gate.untilState('first', 'live')
  })

  test('with a code that was used before is refused by name', async () => {
    const gate = await open()
    const used = await gate.code()
    await gate.enroll('one', used)

    await expect(gate.enroll('two', used)).rejects.toMatchObject({ details: { reason: 'CONSOLE_CODE_USED' } })
    expect(await gate.connector('two')).toBeUndefined()
  })

  test('with one code by two at the same time admits one', async () => {
    const gate = await open()
    const code = await gate.code()

    const ended = await Promise.allSettled([gate.enroll('one', code), gate.enroll('two', code)])

    expect(ended.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected'])
  })

  test('bounds and passwords of installers are checked', async () => {
    const gate = await open()
    const order = (body: unknown) => gate.call('POST', `/api/groups/${gate.group}/installer`, body)

    const answers = await Promise.all([
      order({ uses: 0 }),
      order({ uses: 101 }),
      order({ days: 31 }),
      order({ certificatePassword: 'short' }),
    ])

    expect(answers.map(({ status }) => status)).toEqual([400, 400, 400, 400])
    expect(answers.at(-1)?.body.code).toBe('TRUST_PASSWORD_TOO_SHORT')
  })
})

describe('revoking', () => {
  test('cuts the session at once and leaves the sibling alone', async () => {
    const gate = await open()
    await Promise.all([gate.join('one'), gate.join('two')])
    await gate.turnOn()
    const one = await gate.connector('one')
    const began = Date.now()

    const answer = await gate.call('POST', `/api/groups/${gate.group}/connectors/${one?.id ?? ''}/revoke`)
    await gate.until(() => gate.relay.statistics()['connectors'] === 1)

    expect(answer.body.state).toBe('revoked')
    expect(Date.now() - began).toBeLessThan(3000)
    const after = await Promise.all(Array.from({ length: 5 }, () => gate.search()))
    expect(after.map(({ body }) => body.connector.name)).toEqual(Array.from({ length: 5 }, () => 'two'))
  })

  test('takes effect while the relay is away, when it is back', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.loseRelay()
    await gate.until(async () => (await gate.call('GET', '/api/relay')).body.state !== 'attached')
    const one = await gate.connector('one')

    await gate.call('POST', `/api/groups/${gate.group}/connectors/${one?.id ?? ''}/revoke`)
    await gate.bringBackRelay()
    await gate.until(async () => (await gate.call('GET', '/api/relay')).body.state === 'attached')

    const refused = () =>
      (gate.relay.statistics()['turnedAway'] as Readonly<Record<string, number>>)['notAdmitted'] ?? 0
    await gate.until(() => gate.relay.statistics()['admissionNumber'] !== 0)
    // It has been at the door with the list that it is not on.
    const before = refused()
    await gate.until(() => refused() > before, 30_000)
    expect(gate.relay.statistics()['connectors']).toBe(0)
    expect((await gate.connector('one'))?.state).toBe('revoked')
  })
})

describe('settings', () => {
  test('reach a connector when they are set, and are acknowledged', async () => {
    const gate = await open()
    await gate.join('one')

    const answer = await gate.turnOn()

    expect(answer.body).toMatchObject({
      generation: 1,
      acknowledged: [{ connector: 'one', generation: 1, state: 'healthy' }],
    })
    expect(JSON.stringify(answer.body)).not.toContain('planted-7712')
    expect(answer.body.settings.bindPassword).toEqual({ set: true })
  })

  test('reach a connector that comes later', async () => {
    const gate = await open()
    await gate.turnOn()
    await gate.join('one')

    await gate.until(
      async () =>
        (await gate.call('GET', `/api/groups/${gate.group}/services/directory`)).body.acknowledged[0]?.generation === 1,
    )
  })

  test('leave their secrets in no file of the console or the relay', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.turnOn()
    await gate.search()
    await gate.console.stop()

    const files = ['console', 'relay'].flatMap((part) =>
      readdirSync(join(gate.home, part)).map((name) => join(gate.home, part, name)),
    )

    const holding = files.filter((file) => readFileSync(file).includes('planted-7712'))
    expect(files.length).toBeGreaterThan(6)
    expect(holding).toEqual([])
  })

  test('T65: keep a secret that is left out, and lose it when the server changes', async () => {
    const gate = await open()
    await gate.turnOn()
    const change = (settings: Record<string, unknown>) =>
      gate.call('PUT', `/api/groups/${gate.group}/services/directory`, { settings })
    const base = { type: 'generic', servers: [{ host: 'ldap.test', port: 636 }], baseDn: 'dc=test', bindDn: 'cn=x' }

    const kept = await change({ ...base, bindPassword: { set: true }, baseDn: 'dc=other' })
    const moved = await change({ ...base, servers: [{ host: 'evil.test', port: 636 }], bindPassword: { set: true } })

    expect(kept.body).toMatchObject({ erased: [], settings: { bindPassword: { set: true } } })
    expect(moved.body).toMatchObject({ erased: ['bindPassword'] })
    expect(moved.body.settings).not.toHaveProperty('bindPassword')
  })

  test('that are wrong are refused with the field, and nothing changes', async () => {
    const gate = await open()
    await gate.turnOn()

    const answer = await gate.turnOn({ servers: [{ host: 'ldap.test', port: 0 }] })

    expect(answer).toMatchObject({
      status: 400,
      body: { code: 'SERVICE_SETTINGS_INVALID', details: { field: 'servers.0.port' } },
    })
    expect((await gate.call('GET', `/api/groups/${gate.group}/services/directory`)).body.generation).toBe(1)
  })

  test('that only the connector can judge and refuses are shown as refused, and those from before work on', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.turnOn()

    const answer = await gate.turnOn({ userFilter: unreadableFilter })

    expect(answer.body).toMatchObject({
      generation: 2,
      acknowledged: [
        {
          generation: 1,
          state: 'healthy',
          refused: {
            generation: 2,
            failure: {
              details: { because: 'DIRECTORY_SETTING_INVALID', reason: expect.stringContaining('userFilter') },
            },
          },
        },
      ],
    })
    const checked = await gate.call('POST', `/api/groups/${gate.group}/services/directory/check`)
    expect(checked.body.connectors[0].rows[0]).toMatchObject({
      target: 'newest settings',
      result: 'failed',
      code: 'CONNECTOR_SETTINGS_REFUSED',
    })
    expect((await gate.search()).status).toBe(200)
    const { events } = (await gate.call('GET', '/api/events')).body
    expect(events.map(({ id }: { id: string }) => id)).toContain('SG-4006')
  })

  test('can be turned off, and calls are refused then', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.turnOn()

    const off = await gate.call('DELETE', `/api/groups/${gate.group}/services/directory`)

    expect(off.body).toMatchObject({ settings: null, generation: 2, acknowledged: [{ state: 'off' }] })
    expect((await gate.search()).body.code).toBe('CONSOLE_SERVICE_OFF')
  })

  test('can be checked from every connector', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.turnOn()

    const answer = await gate.call('POST', `/api/groups/${gate.group}/services/directory/check`)

    expect(answer.body.connectors[0].connector.name).toBe('one')
    expect(answer.body.connectors[0].rows).toContainEqual(
      expect.objectContaining({ target: 'bind as cn=x', result: 'ok' }),
    )
  })
})

test('a connector whose disk was copied raises the alarm within seconds', async () => {
  const gate = await open()
  await gate.join('one')
  cpSync(join(gate.home, 'one'), join(gate.home, 'copy'), { recursive: true })

  await gate.start('copy').catch(() => {})
  // From here on it is attached: how long a start takes is the machine's.
  const began = Date.now()
  await gate.until(
    async () =>
      (await gate.call('GET', '/api/status')).body.warnings.some(
        ({ code }: { code: string }) => code === 'CLONED_CONNECTOR',
      ),
    20_000,
  )

  expect(Date.now() - began).toBeLessThan(5000)
  expect((await gate.connector('one'))?.cloneAlarm).toBe(true)
}, 40_000)

describe('restarts', () => {
  test('a console that starts again keeps everything and is live within seconds', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.turnOn()
    await gate.console.stop()
    const began = Date.now()

    await gate.startConsole()
    await gate.untilState('one', 'live', 12_000)

    expect(Date.now() - began).toBeLessThan(12_000)
    expect((await gate.search()).status).toBe(200)
    expect((await gate.call('GET', '/api/requests/verify')).body.ok).toBe(true)
  }, 25_000)

  test('a relay that comes back gets everybody back, and a call waits for them', async () => {
    const gate = await open()
    await gate.join('one')
    await gate.turnOn()
    await gate.loseRelay()

    const call = gate.search({ deadlineMs: 20_000 })
    await gate.bringBackRelay()

    expect((await call).status).toBe(200)
  }, 25_000)
})
