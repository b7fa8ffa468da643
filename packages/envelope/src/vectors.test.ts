/**
 * Every file in vectors/envelope does what it says.
 *
 * @module
 */
import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { reencode, runVector, type Vector } from './testing/vector.ts'

const directory = join(import.meta.dirname, '../../../vectors/envelope')
const files = readdirSync(directory).filter((name) => name.endsWith('.json'))
const vectors = files.map((name): [string, Vector] => [
  name,
  JSON.parse(readFileSync(join(directory, name), 'utf8')) as Vector,
])

test.each(vectors)('%s', (_, vector) => {
  expect(runVector(vector)).toBe(vector.expect)
  expect(reencode(vector)).toBe(vector.statement)
})

test('there are right ones and wrong ones of every kind', () => {
  const verdicts = vectors.map(
    ([, { kind, expect: word }]) => `${kind} ${word.startsWith('ENVELOPE') ? 'wrong' : 'right'}`,
  )

  expect(new Set(verdicts).size).toBe(8)
})
