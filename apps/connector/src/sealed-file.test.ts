import { makePrivateKey } from '@sallygate/trust'
import { expect, test } from 'vitest'
import { sealerOf } from './sealed-file.ts'

const secret = Buffer.from('{"bindPassword":"hunter2"}')

test('what is sealed opens with the same key under the same name, and nowhere else', () => {
  const key = makePrivateKey()
  const sealed = sealerOf(key).seal('settings directory', secret)

  expect(sealerOf(key).open('settings directory', sealed)).toEqual(secret)
  expect(sealerOf(key).open('settings mail', sealed)).toBeUndefined()
  expect(sealerOf(makePrivateKey()).open('settings directory', sealed)).toBeUndefined()
  expect(sealed.includes('hunter2')).toBe(false)
})

test('no flipped bit and no cut is taken for the real thing', () => {
  const sealer = sealerOf(makePrivateKey())
  const sealed = sealer.seal('settings directory', secret)

  for (let at = 0; at < sealed.length; at++) {
    const flipped = Buffer.from(sealed)
    flipped[at] = (flipped[at] ?? 0) ^ 1
    expect(sealer.open('settings directory', flipped)).toBeUndefined()
    expect(sealer.open('settings directory', sealed.subarray(0, at))).toBeUndefined()
  }
})
