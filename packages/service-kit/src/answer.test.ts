import { expect, test } from 'vitest'
import { decodeDone, decodeFailed, encodeDone, encodeFailed } from './answer.ts'

const spans = [{ name: 'bind', startMs: 1, durationMs: 2.5, outcome: 'ok' as const, detail: { server: 'dc1' } }]
const failure = { code: 'X_Y', says: 'It is so.', fix: 'Do that.', retry: 'elsewhere' as const, details: { tries: 2 } }

test('an answer comes back as it was written', () => {
  expect(decodeDone(encodeDone({ result: { a: [1] }, spans }))).toEqual({ result: { a: [1] }, spans })
  expect(decodeFailed(encodeFailed({ failure, spans }))).toEqual({ failure, spans })
})

test('what is no answer is refused by name, whatever it is', () => {
  const payloads = ['', '{}', 'null', '{"result":1}', '{"result":1,"spans":[],"more":1}', '{"result":1,"spans":[{}]}']

  for (const payload of payloads) {
    const bytes = Buffer.from(payload)
    expect(() => decodeDone(bytes)).toThrow(expect.objectContaining({ code: 'SERVICE_RESULT_INVALID' }))
    expect(() => decodeFailed(bytes)).toThrow(expect.objectContaining({ code: 'SERVICE_RESULT_INVALID' }))
  }
})
