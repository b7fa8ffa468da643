import { describe, expect, test } from 'vitest'
import { z } from 'zod'
import { defineContract, operation, parseParams, parseResult, parseSettings } from './contract.ts'
import { operationTable } from './operation-table.ts'

const find = operation({
  class: 'R',
  says: 'Finds.',
  params: z.strictObject({ name: z.string().max(5), deep: z.strictObject({ n: z.number() }).optional() }),
  result: z.strictObject({ count: z.number() }),
  deadlineMs: 1000,
  leastMs: 10,
})
const contract = defineContract('example', 1, {
  title: 'Example',
  settings: {
    schema: z.strictObject({ password: z.string().max(3) }),
    classification: {},
    erasesSecrets: [],
  },
  operations: { find },
})

describe('what does not fit its schema', () => {
  const failureOf = (action: () => unknown) => {
    try {
      action()
    } catch (error) {
      return error as { code: string; details: Record<string, unknown> }
    }
    throw new Error('it was accepted')
  }

  test('is refused with the field and without its value', () => {
    const long = failureOf(() => parseParams(find, { name: 'hunter2-hunter2' }))
    expect(long).toMatchObject({ code: 'SERVICE_PARAMETERS_INVALID', details: { field: 'name' } })
    expect(JSON.stringify(long.details)).not.toContain('hunter2')

    expect(failureOf(() => parseParams(find, { name: 'a', deep: { n: 'x' } })).details['field']).toBe('deep.n')
    expect(failureOf(() => parseResult(find, { count: 'many' })).code).toBe('SERVICE_RESULT_INVALID')
    expect(failureOf(() => parseSettings(contract, { password: 'hunter2' }))).toMatchObject({
      code: 'SERVICE_SETTINGS_INVALID',
      details: { field: 'password' },
    })
  })

  test('an unknown key is not echoed: it may be a secret in the wrong place', () => {
    const failure = failureOf(() => parseParams(find, { name: 'a', hunter2: true }))

    expect(JSON.stringify(failure.details)).not.toContain('hunter2')
    // What is misspelt is found by what there is.
    expect(failure.details['expected']).toMatch(/^only fields that exist: .*\bname\b/)
  })
})

describe('the operation table', () => {
  test('finds operations by their full name, and only those', () => {
    const table = operationTable([contract])

    expect(table.find('example.find')).toMatchObject({ class: 'R', key: 'find' })
    for (const name of ['find', 'example.Find', 'example.constructor', '__proto__']) {
      expect(() => table.find(name)).toThrow(expect.objectContaining({ code: 'SERVICE_UNKNOWN_OPERATION' }))
    }
  })

  test('has another digest when a class changes', () => {
    const other = defineContract('example', 1, { ...contract, operations: { find: { ...find, class: 'N' } } })

    expect(operationTable([other]).digest).not.toBe(operationTable([contract]).digest)
  })
})
