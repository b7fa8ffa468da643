import { describe, expect, test } from 'vitest'
import { Failure } from './failure.ts'
import {
  defineSettings,
  durationMs,
  flag,
  integer,
  maybe,
  nearest,
  oneOf,
  path,
  port,
  secretFile,
  text,
  url,
} from './settings.ts'

const table = defineSettings('sample', {
  relayUrl: url('Where to dial.', { classification: 'public' }),
  silence: durationMs('How long is silence.', { default: 15_000, because: 'three pings', classification: 'public' }),
  port: port('Where to listen.', { default: 2001, because: 'as AWCM', classification: 'public' }),
  level: oneOf(['info', 'debug'], 'How much to log.', { default: 'info', classification: 'public' }),
  isLoud: flag('Whether to be loud.', { default: false, classification: 'public' }),
  label: maybe(text('Free text nobody classified.')),
  keyFile: maybe(secretFile('Where the key is.')),
  home: maybe(path('Where files are.', { classification: 'public' })),
  count: integer('How many.', { min: 1, max: 9 }, { default: 3, because: 'enough', classification: 'public' }),
})
const given = (values: Record<string, unknown>) => [{ name: 'file', values }]

describe('settings', () => {
  test('are parsed once, with defaults, and frozen', () => {
    const settings = table.parse(given({ relayUrl: 'https://relay.example', silence: '90s' }))

    expect(settings).toMatchObject({ relayUrl: 'https://relay.example', silence: 90_000, port: 2001, label: undefined })
    expect(Object.isFrozen(settings)).toBe(true)
  })

  test('the first source that has a value wins', () => {
    const sources = [
      { name: 'command line', values: { port: '7' } },
      { name: 'file', values: { relayUrl: 'https://a.example', port: 8 } },
    ]

    expect(table.parse(sources).port).toBe(7)
    expect(table.effective(sources).find((row) => row.key === 'port')).toEqual({
      key: 'port',
      value: 7,
      from: 'command line',
    })
  })

  test('an unknown name is refused and the nearest known one is named', () => {
    const parse = () => table.parse(given({ relayUrl: 'https://a.example', silense: '1s' }))

    expect(parse).toThrow(
      expect.objectContaining({ code: 'SETTINGS_UNKNOWN', details: expect.objectContaining({ nearest: 'silence' }) }),
    )
    expect(nearest('relayurl', ['port', 'relayUrl'])).toBe('relayUrl')
  })

  test('what is missing is named', () => {
    expect(() => table.parse([])).toThrow(
      expect.objectContaining({ code: 'SETTINGS_MISSING', details: { setting: 'sample.relayUrl' } }),
    )
  })

  test.each([
    { relayUrl: 'not a url' },
    { relayUrl: 'https://a.example', port: 70_000 },
    { relayUrl: 'https://a.example', port: '1e3' },
    { relayUrl: 'https://a.example', silence: 90 },
    { relayUrl: 'https://a.example', level: 'loud' },
    { relayUrl: 'https://a.example', isLoud: 'yes' },
    { relayUrl: 'https://a.example', label: 'with\0nul' },
    { relayUrl: 'https://a.example', count: 10 },
  ])('a wrong value is refused without being repeated: %o', (values) => {
    let caught: unknown
    try {
      table.parse(given(values))
    } catch (error) {
      caught = error
    }

    expect(caught).toBeInstanceOf(Failure)
    expect((caught as Failure).code).toBe('SETTINGS_INVALID')
    expect(Object.keys((caught as Failure).details)).toEqual(['setting', 'source', 'expected'])
  })

  test('a field nobody classified prints as a secret', () => {
    const rows = table.effective(given({ relayUrl: 'https://a.example', label: 'hush', keyFile: '/k' }))

    expect(rows.find((row) => row.key === 'label')?.value).toBe('[secret]')
    expect(rows.find((row) => row.key === 'keyFile')?.value).toBe('/k')
  })

  test('every default that is a number says why', () => {
    for (const field of Object.values(table.fields)) {
      if (typeof field.default === 'number') expect(field.because).toBeTruthy()
    }
  })
})
