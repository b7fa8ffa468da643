import { Secret } from '@sallygate/base/secret'
import { checkVerifier, makeVerifier, type NacAccount } from '@sallygate/domain'
import { FakeClock } from '@sallygate/testkit'
import { expect, test } from 'vitest'
import { ReadModel } from '../read-model/read-model.ts'
import { sampleAccount } from '../testing/sample-records.ts'
import { Authenticator } from './authenticator.ts'

const basic = (user: string, password: string) => `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`
const dayMs = 86_400_000

async function withAccount(more: Partial<NacAccount> = {}, ask: () => Promise<boolean> = () => Promise.resolve(false)) {
  const clock = new FakeClock()
  const model = new ReadModel()
  const account = await sampleAccount(more)
  const use = (value: NacAccount) => model.apply({ kind: 'account', id: value.id, value })
  use(account)
  let asked = 0
  const authenticator = new Authenticator({
    clock,
    model: () => model,
    askDirectory: () => {
      asked++
      return ask()
    },
  })
  const verify = async (user: string, password: string, source = '192.0.2.1', certificate?: string) =>
    (await authenticator.verify({ authorization: basic(user, password), source, certificate })).kind
  return { clock, model, account, use, verify, authenticator, asked: () => asked }
}

test('the right password is known, and after that without work', async () => {
  const { verify, authenticator } = await withAccount()
  expect(await verify('ISE', 'right')).toBe('known')

  const verdict = authenticator.verify({ authorization: basic('ISE', 'right'), source: '', certificate: undefined })

  expect(verdict).toMatchObject({ kind: 'known' })
})

test.each([
  ['a wrong password', {}, 'ise', 'wrong'],
  ['a user nobody knows', {}, 'nobody', 'right'],
  ['a disabled account', { disabled: true }, 'ise', 'right'],
  ['an account that has expired', { expiresAtMs: 1 }, 'ise', 'right'],
  ['an address that is not on the list', { sources: ['198.51.100.0/24', '2001:db8::/32'] }, 'ise', 'right'],
  ['a client without the certificate', { certificates: ['a'.repeat(64)] }, 'ise', 'right'],
])('%s is refused, and all the same way', async (_what, more, user, password) => {
  const { verify } = await withAccount(more)

  expect(await verify(user, password)).toBe('refused')
})

test('the list of addresses and the certificate let in whom they name', async () => {
  const { verify } = await withAccount({ sources: ['192.0.2.0/24'], certificates: ['a'.repeat(64)] })

  expect(await verify('ise', 'right', '192.0.2.77', 'a'.repeat(64))).toBe('known')
  expect(await verify('ise', 'right', '192.0.3.77', 'a'.repeat(64))).toBe('refused')
})

test('two secrets are good while one replaces the other, and the old one ends when it was said to', async () => {
  const { clock, use, account, verify } = await withAccount()
  const [old] = account.secrets
  const notAfterMs = clock.now().getTime() + dayMs
  const fresh = { id: 's2', verifier: await makeVerifier(new Secret('new')) }
  use({ ...account, secrets: [{ ...(old as never as { id: string; verifier: string }), notAfterMs }, fresh] })
  expect([await verify('ise', 'right'), await verify('ise', 'new')]).toEqual(['known', 'known'])

  clock.jumpWall(dayMs + 1)

  expect([await verify('ise', 'right'), await verify('ise', 'new')]).toEqual(['refused', 'known'])
})

test('an account that is disabled or removed is out at once', async () => {
  const { model, use, account, verify } = await withAccount()
  await verify('ise', 'right')
  use({ ...account, disabled: true })
  expect(await verify('ise', 'right')).toBe('refused')
  use(account)
  expect(await verify('ise', 'right')).toBe('known')
  model.apply({ kind: 'account', id: account.id })

  expect(await verify('ise', 'right')).toBe('refused')
})

test('a policy node that comes with a hundred connections at once is let in on all of them', async () => {
  const { verify } = await withAccount()

  const verdicts = await Promise.all(Array.from({ length: 100 }, () => verify('ise', 'right')))

  expect(new Set(verdicts)).toEqual(new Set(['known']))
})

test('a hundred wrong passwords at once are refused or told to wait, and the right one is known at the next try', async () => {
  const { verify } = await withAccount()

  const guesses = Array.from({ length: 100 }, (_, at) => verify('ise', `guess ${at}`, `198.51.100.${at}`))
  const right = verify('ise', 'right')

  expect(new Set(await Promise.all(guesses))).toEqual(new Set(['refused', 'throttled']))
  expect(['known', 'throttled']).toContain(await right)
  expect(await verify('ise', 'right')).toBe('known')
})

test('a policy node that is known from before does not stand in line with those who guess', async () => {
  const { clock, model } = await withAccount()
  const seen: string[] = []
  const nodes = { has: (source: string) => source === '192.0.2.1', seen: (source: string) => seen.push(source) }
  const order = new Set<string>()
  const fits = (password: Secret, verifier: string) => {
    order.add(password.reveal())
    return checkVerifier(password, verifier)
  }
  const askDirectory = () => Promise.resolve(false)
  const authenticator = new Authenticator({ clock, model: () => model, askDirectory, nodes, fits })
  const verify = async (password: string, source: string) =>
    (await authenticator.verify({ authorization: basic('ise', password), source, certificate: undefined })).kind

  const guesses = Array.from({ length: 100 }, (_, at) => verify(`guess ${at}`, `198.51.100.${at}`))
  const node = verify('right', '192.0.2.1')

  expect(await node).toBe('known')
  expect((await Promise.all(guesses)).filter((kind) => kind === 'throttled').length).toBeGreaterThan(50)
  // Only those that were being checked already came before it.
  expect([...order].indexOf('right')).toBe(2)
  expect(seen).toEqual(['192.0.2.1'])
})

test.each([
  ['a user nobody knows', {}, 'nobody', 'right'],
  ['a wrong password', {}, 'ise', 'wrong'],
  ['a disabled account with the right password', { disabled: true }, 'ise', 'right'],
  ['an account that has expired', { expiresAtMs: 1 }, 'ise', 'right'],
  ['an account that may not come from there', { sources: ['198.51.100.1'] }, 'ise', 'right'],
  ['a disabled directory account', { kind: 'directory', secrets: [], disabled: true }, 'ise', 'right'],
  ['the right password', {}, 'ise', 'right'],
] as const)('%s costs the same work: nobody learns from the time who is there', async (_what, more, user, password) => {
  const { clock, model } = await withAccount(more)
  let checks = 0
  const fits = (...asked: Parameters<typeof checkVerifier>) => {
    checks++
    return checkVerifier(...asked)
  }
  const askDirectory = () => Promise.resolve(false)
  const authenticator = new Authenticator({ clock, model: () => model, askDirectory, fits })

  await authenticator.verify({ authorization: basic(user, password), source: '192.0.2.1', certificate: undefined })

  expect(checks).toBe(2)
})

test('whoever guesses is throttled, and the policy node behind the same address is not', async () => {
  const { verify } = await withAccount()
  await verify('ise', 'right')
  const guesses = []
  for (let guess = 0; guess < 25; guess++) guesses.push(await verify('ise', `wrong${guess}`))

  expect(guesses.at(-1)).toBe('throttled')
  expect(await verify('ise', 'right')).toBe('known')
})

const directory = { user: 'CORP\\svc-ise', kind: 'directory', secrets: [] } as const

test('a directory account holds without asking, and through an outage for a day at most', async () => {
  let answer: boolean | 'gone' = true
  const { clock, verify, asked } = await withAccount(directory, () =>
    answer === 'gone' ? Promise.reject(new Error('no connector')) : Promise.resolve(answer),
  )
  expect(await verify('corp\\SVC-ISE', 'secret')).toBe('known')
  expect(await verify('corp\\SVC-ISE', 'secret')).toBe('known')
  expect(asked()).toBe(1)
  answer = 'gone'
  await clock.advance(23 * 3_600_000)
  expect(await verify('corp\\SVC-ISE', 'secret')).toBe('known')
  expect(await verify('corp\\SVC-ISE', 'other')).toBe('cannotSay')
  await clock.advance(2 * 3_600_000)

  expect(await verify('corp\\SVC-ISE', 'secret')).toBe('cannotSay')
})

test('what the directory refuses is forgotten', async () => {
  let answer = true
  const { clock, verify } = await withAccount(directory, () => Promise.resolve(answer))
  await verify('corp\\svc-ise', 'secret')
  answer = false
  await clock.advance(10 * 60_000)

  expect(await verify('corp\\svc-ise', 'secret')).toBe('refused')
})

test('guessing here never locks the account in the directory, and never keeps the policy node out', async () => {
  const clock: { now?: FakeClock } = {}
  let right = 0
  const wrong: string[] = []
  const setup = await withAccount(directory, () => Promise.resolve(false))
  clock.now = setup.clock
  const asks = { count: 0 }
  const model = setup.model
  const authenticator = new Authenticator({
    clock: setup.clock,
    model: () => model,
    askDirectory: (_account, { password }) => {
      if (password.reveal() === 'secret') right++
      else {
        wrong.push(password.reveal())
        asks.count++
      }
      return Promise.resolve(password.reveal() === 'secret')
    },
  })
  const verify = async (password: string, source: string) =>
    (await authenticator.verify({ authorization: basic('corp\\svc-ise', password), source, certificate: undefined }))
      .kind
  expect(await verify('secret', '192.0.2.1')).toBe('known')

  for (let guess = 0; guess < 300; guess++) await verify(`guess${guess}`, `198.51.100.${guess % 250}`)

  expect(wrong.length).toBeLessThanOrEqual(2)
  await setup.clock.advance(10 * 60_000)
  expect(await verify('secret', '192.0.2.1')).toBe('known')
  expect(right).toBe(2)
})
