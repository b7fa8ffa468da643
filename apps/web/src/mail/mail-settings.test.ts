import { expect, test } from 'vitest'
import { mailFieldsOf, mailPortAfter, mailSettingsOf } from './mail-settings.ts'

const stored = {
  servers: [{ host: 'mail.x', port: 587 }],
  encryption: 'required',
  authentication: 'plain',
  user: 'console',
  password: { isSet: true },
  from: 'gate@x.example',
  maxMessageBytes: 1_048_576,
  connectTimeoutMs: 10_000,
  commandTimeoutMs: 60_000,
  finalDotTimeoutMs: 600_000,
}

test('saving without a change sends what is stored, and never the mark of a secret', () => {
  const { password: _, ...rest } = stored

  expect(mailSettingsOf(mailFieldsOf(stored), stored)).toEqual(rest)
})

test('a typed password is sent, and not with a way of signing in that has none', () => {
  const fields = { ...mailFieldsOf(stored), password: 'new' }

  expect(mailSettingsOf(fields, stored)).toMatchObject({ password: 'new' })
  expect(mailSettingsOf({ ...fields, authentication: 'none' }, stored)).not.toHaveProperty('password')
  expect(mailSettingsOf({ ...fields, authentication: 'none' }, stored)).not.toHaveProperty('user')
})

test('a new service begins with verified encryption at the port of submission', () => {
  expect(mailFieldsOf(null)).toMatchObject({ encryption: 'required', servers: [{ host: '', port: 587 }] })
})

test('a usual port follows the encryption, and a chosen one stays', () => {
  expect([587, 25, 2525].map((port) => mailPortAfter(port, 'implicit'))).toEqual([465, 465, 2525])
  expect(mailPortAfter(25, 'none')).toBe(25)
})
