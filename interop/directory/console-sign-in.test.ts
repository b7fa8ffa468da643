/**
 * Administrators of the console who are in a real directory: OpenLDAP, reached through relay and connector.
 *
 * @module
 */
import { missingProgram } from '@sallygate/testkit/peers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { WholeOffice } from '../../apps/console/src/testing/whole-office.ts'
import { slapdBase, slapdPassword, slapdReader, startSlapd, type Slapd } from './slapd.ts'

const missing = missingProgram('slapd', 'Debian package slapd')
if (missing !== undefined) console.log(`skipped: directory administrators with OpenLDAP, ${missing}`)

describe.skipIf(missing !== undefined)('an administrator in OpenLDAP', () => {
  let slapd: Slapd
  let office: WholeOffice
  const user = 'OFFICE\\u00001'

  beforeAll(async () => {
    slapd = await startSlapd(5)
    office = await WholeOffice.open([`127.0.0.1:${slapd.ldapsPort}`])
    const turnedOn = await office.turnOn({
      servers: [{ host: '127.0.0.1', port: slapd.ldapsPort }],
      trust: slapd.authority,
      bindDn: slapdReader.dn,
      bindPassword: slapdReader.password,
      baseDn: slapdBase,
    })
    expect(turnedOn.body.acknowledged).toMatchObject([{ state: 'healthy' }])
    for (const name of [user, 'OFFICE\\always.locked', 'OFFICE\\nobody']) {
      const made = await office.call('POST', '/api/admins', {
        name,
        kind: 'directory',
        role: 'auditor',
        group: office.group,
      })
      expect(made.status).toBe(201)
    }
  }, 90_000)
  afterAll(async () => {
    await office?.close()
    await slapd?.stop()
  })

  async function signIn(name: string, password: string) {
    const answer = await fetch(`${office.console.url}/api/session`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ user: name, password }),
    })
    const body = (await answer.json()) as { readonly code?: string; readonly admin?: unknown }
    return { status: answer.status, body, cookie: answer.headers.get('set-cookie') }
  }

  test('gets in with the password of the directory, whatever the case of the name', async () => {
    const { status, body, cookie } = await signIn('office\\U00001', slapdPassword)

    expect([status, body]).toMatchObject([200, { admin: { name: user, kind: 'directory' } }])
    expect(cookie).toContain('HttpOnly')
  })

  test('does not with another one, an empty one, a locked account or a name the directory does not have', async () => {
    const answers = [
      await signIn(user, 'another'),
      await signIn('OFFICE\\always.locked', slapdPassword),
      await signIn('OFFICE\\nobody', slapdPassword),
    ]

    expect(answers.map(({ status }) => status)).toEqual([401, 401, 401])
    expect(new Set(answers.map(({ body }) => body.code))).toEqual(new Set(['CONSOLE_UNAUTHENTICATED']))
    // The form itself does not take an empty one.
    expect((await signIn(user, '')).status).toBe(400)
  })

  test('is told that nobody could be asked while the directory is down, and gets in when it is back', async () => {
    await slapd.process.stop()
    const down = await signIn(user, slapdPassword)
    await slapd.restart()
    // The breaker lets a request through every five seconds.
    const until = performance.now() + 20_000
    let back = await signIn(user, slapdPassword)
    while (back.status !== 200 && performance.now() < until) {
      await new Promise((resolve) => setTimeout(resolve, 250))
      back = await signIn(user, slapdPassword)
    }

    expect([down.status, down.body.code]).toEqual([503, 'CONSOLE_COULD_NOT_VERIFY'])
    expect(back.status).toBe(200)
  }, 60_000)
})
