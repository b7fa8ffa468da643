import { expect, test } from 'vitest'
import { z } from 'zod'
import { defineContract } from './contract.ts'
import { changeSettings, redactSettings, splitSettings } from './settings.ts'

const contract = defineContract('example', 1, {
  title: 'Example',
  settings: {
    schema: z.strictObject({
      host: z.string(),
      port: z.number(),
      note: z.string().optional(),
      password: z.string().optional(),
      forgotten: z.string().optional(),
    }),
    classification: { host: 'public', port: 'public', note: 'personal', password: 'secret' },
    erasesSecrets: ['host', 'port'],
  },
  operations: {},
})
const stored = { host: 'a', port: 1, note: 'n', password: 'p', forgotten: 'f' }

test('a field nobody classified is a secret', () => {
  expect(contract.secretFields).toEqual(['password', 'forgotten'])
  expect(splitSettings(contract, stored)).toEqual({
    open: { host: 'a', port: 1, note: 'n' },
    secret: { password: 'p', forgotten: 'f' },
  })
  expect(JSON.stringify(redactSettings(contract, stored))).not.toMatch(/"[pf]"/)
})

test('a secret survives a change of anything but where to connect', () => {
  const change = { host: 'a', port: 1, note: 'new', password: '[secret]' }

  expect(changeSettings(contract, stored, change)).toEqual({ values: { ...stored, note: 'new' }, erased: [] })
})

test('another host or port erases the secrets, unless they are typed again', () => {
  const moved = { host: 'evil', port: 1, note: 'n', password: '[secret]' }

  expect(changeSettings(contract, stored, moved)).toEqual({
    values: { host: 'evil', port: 1, note: 'n' },
    erased: ['password', 'forgotten'],
  })
  expect(changeSettings(contract, stored, { ...moved, password: 'q' })).toMatchObject({
    values: { host: 'evil', password: 'q' },
    erased: ['forgotten'],
  })
})

test('a contract that classifies a field it does not have is a bug', () => {
  const wrong = () =>
    defineContract('wrong', 1, {
      title: 'Wrong',
      settings: { schema: z.strictObject({}), classification: { host: 'public' } as never, erasesSecrets: [] },
      operations: {},
    })

  expect(wrong).toThrow('no setting host')
})
