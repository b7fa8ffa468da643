import { expect, test } from 'vitest'
import { Secret } from '@sallygate/base/secret'
import { Passwords } from './passwords.ts'

const secret = (text: string) => new Secret(text)

test('a password is right, anything else is wrong', async () => {
  const passwords = new Passwords()
  const hash = await passwords.hash(secret('correct horse'))

  expect(await passwords.verify(secret('correct horse'), hash)).toBe(true)
  for (const wrong of ['correct horse ', 'Correct horse', 'correct hors', '', 'correct horse\0']) {
    expect(await passwords.verify(secret(wrong), hash), JSON.stringify(wrong)).toBe(false)
  }
  expect(await passwords.verifyNobody(secret('correct horse'))).toBe(false)
})

test('T64: long passwords that differ only at their end are different', async () => {
  const passwords = new Passwords()
  const hash = await passwords.hash(secret(`${'x'.repeat(1023)}a`))

  expect(await passwords.verify(secret(`${'x'.repeat(1023)}a`), hash)).toBe(true)
  expect(await passwords.verify(secret(`${'x'.repeat(1023)}b`), hash)).toBe(false)
})

test('one password in composed and in combining accents is one password', async () => {
  const passwords = new Passwords()
  const hash = await passwords.hash(secret('Zoë'))

  expect(await passwords.verify(secret('Zoe\u0308'), hash)).toBe(true)
})

test('T64: a password beyond 1024 bytes costs nothing: refused when set, wrong when checked', async () => {
  const passwords = new Passwords()
  const hash = await passwords.hash(secret('x'))
  const started = performance.now()

  for (const long of ['x'.repeat(1025), 'ä'.repeat(513), 'x'.repeat(1024 * 1024), '\ud800']) {
    await expect(passwords.hash(secret(long))).rejects.toMatchObject({ code: 'STORE_PASSWORD_LENGTH' })
    expect(await passwords.verify(secret(long), hash)).toBe(false)
  }
  await expect(passwords.hash(secret(''))).rejects.toMatchObject({ code: 'STORE_PASSWORD_LENGTH' })

  // Not one of the nine went through argon2, which takes 10 ms and more each time.
  expect(performance.now() - started).toBeLessThan(80)
})

test('two hashes of one password differ, and state what they cost', async () => {
  const passwords = new Passwords()
  const [one, two] = await Promise.all([passwords.hash(secret('x')), passwords.hash(secret('x'))])

  expect(one).not.toBe(two)
  expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/)
  expect(passwords.isOutdated(one)).toBe(false)
  expect(passwords.isOutdated(one.replace('m=19456', 'm=8192'))).toBe(true)
})

test('beyond two at work and sixteen waiting, a check is refused as busy and nothing is lost', async () => {
  const passwords = new Passwords()
  const hash = await passwords.hash(secret('x'))

  const outcomes = await Promise.allSettled(Array.from({ length: 25 }, () => passwords.verify(secret('x'), hash)))

  const right = outcomes.filter((it) => it.status === 'fulfilled' && it.value)
  const busy = outcomes.filter((it) => it.status === 'rejected' && it.reason.code === 'STORE_BUSY')
  expect([right.length, busy.length]).toEqual([18, 7])
  expect(await passwords.verify(secret('x'), hash)).toBe(true)
})

test('T64: a hash from a tampered database cannot ask for unbounded work', async () => {
  const passwords = new Passwords()
  const hash = await passwords.hash(secret('x'))

  for (const bad of [hash.replace('m=19456', 'm=4194304'), hash.replace('t=2', 't=99'), '', `${hash}=`, 'plain']) {
    await expect(passwords.verify(secret('x'), bad), bad).rejects.toMatchObject({ code: 'STORE_CORRUPT' })
  }
})
