import { expect, test } from 'vitest'
import type { MailRecipient } from '../api/mail-shapes.ts'
import { refusalWords } from './words.ts'

const recipient = (address: string, state: MailRecipient['state'], reply?: number, said?: string): MailRecipient => ({
  address,
  state,
  attempts: 1,
  changedAt: '2026-11-22T13:00:00.000Z',
  ...(reply === undefined ? {} : { reply }),
  ...(said === undefined ? {} : { said }),
})

test('a mail says what the server said about the first it did not take', () => {
  const sent = recipient('ada@example.com', 'sent', 250, 'queued')
  const later = recipient('bruno@example.com', 'waiting', 450, 'come again')

  expect(refusalWords([sent, later])).toBe('bruno@example.com: 450 come again')
  expect(refusalWords([later])).toBe('450 come again')
  expect(refusalWords([sent])).toBe('')
  expect(refusalWords([recipient('carla@example.com', 'waiting')])).toBe('')
})
