import { generateKeyPairSync } from 'node:crypto'
import { expect, test } from 'vitest'
import { decodeSecureChannel, encodeSecureChannel, hopFailure, randomId, rawPublicKey } from './index.ts'

const key = rawPublicKey(generateKeyPairSync('ec', { namedCurve: 'P-256' }).publicKey)
const channel = { relay: randomId(), consoles: [key] }
const file = encodeSecureChannel(channel).toString('utf8')

test('reading a secure-channel file undoes writing it', () => {
  expect(decodeSecureChannel(Buffer.from(file))).toEqual(channel)
  expect(decodeSecureChannel(Buffer.from(file.trimEnd()))).toEqual(channel)
})

test.each([
  ['is empty', ''],
  ['is not JSON', 'hello'],
  ['is a list', '[]'],
  ['is null', 'null'],
  ['has another format', file.replace('channel/1', 'channel/2')],
  ['has a field nobody knows', file.replace('{', '{"extra":1,')],
  ['names a relay that is no id', file.replace(channel.relay, 'relay')],
  ['names no console', file.replace(/\[.*\]/, '[]')],
  ['names a console key that is no point', file.replace(/\[.*\]/, `["${Buffer.alloc(65, 4).toString('base64url')}"]`)],
  ['is larger than any real one', file.replace('{', `{"extra":"${'x'.repeat(20_000)}",`)],
  ['has a key twice', file.replace('{', `{"relay":"${channel.relay}",`)],
])('a secure-channel file that %s is refused by name', (_what, text) => {
  let code = 'accepted'
  try {
    decodeSecureChannel(Buffer.from(text))
  } catch (error) {
    code = hopFailure.is(error) ? error.code : String(error)
  }

  expect(code).toBe('HOP_BAD_SECURE_CHANNEL')
})
