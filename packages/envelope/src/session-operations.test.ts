import { expect, test } from 'vitest'
import { answerWithDescriptor, askForDescriptor, openDescriptorAnswer } from './descriptor-query.ts'
import { ANNOUNCEMENT, sessionOperations } from './session-operations.ts'

test('a session has three operations and no others', () => {
  const classes = ['session.hello', 'session.report', 'session.renew', 'directory.search', 'toString'].map(
    sessionOperations.classOf,
  )

  expect(classes).toEqual(['R', 'R', 'R', undefined, undefined])
})

test('an announced descriptor is not taken for the answer to a query', () => {
  const announced = answerWithDescriptor(ANNOUNCEMENT, Buffer.from('descriptor'))

  expect(openDescriptorAnswer(announced, ANNOUNCEMENT)).toEqual(Buffer.from('descriptor'))
  expect(() => openDescriptorAnswer(announced, askForDescriptor().queryId)).toThrow(
    expect.objectContaining({ code: 'ENVELOPE_CANNOT_OPEN' }),
  )
})
