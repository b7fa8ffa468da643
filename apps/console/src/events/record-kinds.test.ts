import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { catalogue } from './catalogue.ts'
import { historyKinds, recordKinds } from './record-kinds.ts'

const source = (folder: string) =>
  readdirSync(join(import.meta.dirname, '..', folder), { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => readFileSync(join(import.meta.dirname, '..', folder, file), 'utf8'))
    .join('\n')

test('records have numbers that no event of the catalogue has, in the thousand of their category', () => {
  const events = new Set(Object.values(catalogue).map(({ id }) => id as string))
  const ids = Object.values(recordKinds).map(({ id }) => id as string)

  expect(new Set(ids).size).toBe(ids.length)
  expect(ids.filter((id) => events.has(id))).toEqual([])
  for (const { id, category } of Object.values(recordKinds))
    expect(`${category} ${id}`).toMatch(/^(?:audit SG-80\d\d|devices SG-61\d\d|services SG-40\d\d)$/)
})

test('every kind of a device’s history that is written has a number', () => {
  const written = [
    ...`${source('devices')}${source('commands')}${source('device-enrollment')}`.matchAll(
      /\{ kind: '([A-Za-z]+)', details/g,
    ),
  ]

  expect(written.length).toBeGreaterThan(10)
  expect(written.map(([, kind]) => kind).filter((kind) => !Object.hasOwn(historyKinds, kind as string))).toEqual([])
})

/** Only ever added to. */
const given = [
  'SG-4049 syslogTest',
  'SG-6100 device:other',
  'SG-6101 device:appeared',
  'SG-6102 device:enrolled',
  'SG-6103 device:stateChanged',
  'SG-6104 device:moved',
  'SG-6105 device:renamed',
  'SG-6106 device:identifierChanged',
  'SG-6107 device:macAppeared',
  'SG-6108 device:macLeft',
  'SG-6109 device:complianceChanged',
  'SG-6110 device:withdrawn',
  'SG-6111 device:changed',
  'SG-6112 device:unenrolled',
  'SG-6113 device:deleted',
  'SG-6114 device:wiped',
  'SG-6115 device:commandRequested',
  'SG-6116 device:commandEnded',
  'SG-8001 changeBegun',
  'SG-8002 changeMade',
  'SG-8003 changeRefused',
]

test('numbers that were given are never given to something else', () => {
  expect(Object.entries(recordKinds).map(([name, { id }]) => `${id} ${name}`)).toEqual(expect.arrayContaining(given))
})
