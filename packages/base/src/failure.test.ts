import { inspect } from 'node:util'
import { expect, test } from 'vitest'
import { defineFailures, definedFailures, Failure, failureFromReport } from './failure.ts'
import { createLog } from './log.ts'
import { Secret } from './secret.ts'

const sampleFailure = defineFailures('SAMPLE', {
  BROKEN: { says: 'It is broken.', fix: 'Mend it.', retry: 'elsewhere', status: 503 },
  GONE: { says: 'It is gone.', fix: 'Find it.', retry: 'never' },
})

test('a failure carries its whole row, and its cause stays behind when it travels', () => {
  const failure = sampleFailure('BROKEN', { cause: new Error('password hunter2'), details: { host: 'a' } })

  expect(failure).toMatchObject({
    code: 'SAMPLE_BROKEN',
    says: 'It is broken.',
    fix: 'Mend it.',
    retry: 'elsewhere',
    status: 503,
  })
  expect(JSON.stringify(failure)).not.toContain('hunter2')
  expect(failureFromReport(JSON.parse(JSON.stringify(failure)))).toMatchObject({
    code: 'SAMPLE_BROKEN',
    retry: 'elsewhere',
  })
})

test('a table knows its own failures only', () => {
  expect(sampleFailure.is(sampleFailure('GONE'))).toBe(true)
  expect(sampleFailure.is(new Failure('SAMPLE_OTHER', { says: '', fix: '', retry: 'never' }))).toBe(false)
  expect(sampleFailure.is(new Error('x'))).toBe(false)
})

test('a prefix can be taken once', () => {
  expect(() => defineFailures('SAMPLE', {})).toThrow('taken')
  expect(definedFailures().some((table) => table.prefix === 'SAMPLE')).toBe(true)
})

test('a secret prints as [secret] wherever it ends up', () => {
  const secret = new Secret('hunter2')

  const shown = [
    String(secret),
    JSON.stringify({ secret }),
    inspect({ secret }),
    inspect([secret], { showHidden: true }),
  ]

  for (const text of shown) expect(text).not.toContain('hunter2')
  expect(secret.reveal()).toBe('hunter2')
})

test('a log line is one JSON event with fields, and neither secrets nor newlines break it', () => {
  const lines: string[] = []
  const log = createLog({ part: 'test', destination: { write: (line: string) => void lines.push(line) } })

  log
    .with({ group: 'g' })
    .warn('refused\n{"forged":true}', { password: new Secret('hunter2'), error: sampleFailure('BROKEN') })

  expect(lines).toHaveLength(1)
  expect(lines[0]?.trimEnd().split('\n')).toHaveLength(1)
  expect(lines[0]).not.toContain('hunter2')
  expect(JSON.parse(lines[0] ?? '')).toMatchObject({
    level: 'warn',
    part: 'test',
    group: 'g',
    error: { code: 'SAMPLE_BROKEN' },
  })
})
