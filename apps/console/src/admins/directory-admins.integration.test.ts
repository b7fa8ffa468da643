/**
 * Directory accounts, with a real relay and a real connector in between.
 *
 * @module
 */
import { afterEach, expect, test } from 'vitest'
import { Gate } from '../testing/gate.ts'

const gates: Gate[] = []
afterEach(async () => {
  for (const gate of gates.splice(0)) await gate.close()
})

async function open(): Promise<Gate> {
  const gate = await Gate.open()
  gates.push(gate)
  const user = { name: 'ACME\\ada', kind: 'directory', role: 'auditor', group: gate.group }
  expect((await gate.call('POST', '/api/admins', user)).status).toBe(201)
  return gate
}

const signIn = (gate: Gate, password: string, user = 'acme\\ADA') =>
  gate.call('POST', '/api/session', { user, password })

test('the directory says who gets in, and everything refused reads the same', async () => {
  const gate = await open()
  await gate.join('one')
  await gate.turnOn()

  const right = await signIn(gate, 'right')
  const wrong = await signIn(gate, 'wrong')
  const nobody = await signIn(gate, 'right', 'ACME\\nobody')

  expect(right).toMatchObject({ status: 200, body: { admin: { name: 'ACME\\ada', kind: 'directory' } } })
  expect([wrong.status, wrong.body.code]).toEqual([401, 'CONSOLE_UNAUTHENTICATED'])
  expect({ ...nobody.body, traceId: '' }).toEqual({ ...wrong.body, traceId: '' })
})

test('whose password is right and has expired is told so; that an account is locked is told to nobody', async () => {
  const gate = await open()
  await gate.join('one')
  await gate.turnOn()
  const says = 'Your password has expired. Change it, then sign in again.'

  gate.refusal = { reason: 'passwordExpired', says }
  const expired = await signIn(gate, 'was right')
  const nobody = await signIn(gate, 'was right', 'ACME\\nobody')
  gate.refusal = { reason: 'lockedOut', says: 'Your account is locked.' }
  const locked = await signIn(gate, 'right or not')

  expect(expired).toMatchObject({
    status: 401,
    body: { code: 'CONSOLE_DIRECTORY_REFUSED', details: { because: says } },
  })
  expect([nobody.body.code, locked.body.code]).toEqual(['CONSOLE_UNAUTHENTICATED', 'CONSOLE_UNAUTHENTICATED'])
  expect(JSON.stringify([nobody.body, locked.body])).not.toMatch(/expired\.|locked/)
})

test('a directory that cannot be asked has not said no, and nobody is slowed for it', async () => {
  const gate = await open()
  const answers = []
  for (let at = 0; at < 8; at++) answers.push(await signIn(gate, 'right'))

  expect(new Set(answers.map(({ status, body }) => `${status} ${body.code}`))).toEqual(
    new Set(['503 CONSOLE_COULD_NOT_VERIFY']),
  )
  expect((await signIn(gate, 'correct horse battery', 'admin')).status).toBe(200)
})

test('a password with a NUL and a local one do not get to the directory, and none is kept here', async () => {
  const gate = await open()
  await gate.join('one')
  await gate.turnOn()
  const before = gate.answered.length

  const nul = await signIn(gate, 'right\0')
  const reset = await gate.call('POST', '/api/admins/ACME%5Cada/reset', { password: 'a password of some length' })
  const { body } = await gate.call('GET', '/api/admins')
  const ada = body.admins.find((one: { name: string }) => one.name === 'ACME\\ada')
  const byId = await gate.call('POST', `/api/admins/${ada.id}/reset`, { password: 'a password of some length' })

  expect(nul.status).toBe(401)
  expect(gate.answered).toHaveLength(before)
  // A path with a backslash has no single spelling, so such a name is addressed by its id.
  expect(reset.status).toBe(404)
  expect([byId.status, byId.body.code]).toEqual([409, 'CONSOLE_PASSWORD_ELSEWHERE'])
})
