import { expect, test } from 'vitest'
import { anyConsole } from '@sallygate/hop'
import { addressOf, person } from './testing/trial-peer.ts'
import { Trial } from './testing/trial.ts'

test('a request reaches the connector it names and the answer reaches the console that asked', async () => {
  await using trial = await Trial.start()
  const connector = person('connector')
  const console = await trial.attachConsole()
  await trial.admit(console, connector)
  const far = await trial.attach(connector)

  console.cargo(addressOf(connector), 'question')
  const question = await far.next('cargo')
  far.cargo(question.from, 'answer')
  const answer = await console.next('cargo')

  expect(Buffer.from(question.cargo).toString()).toBe('question')
  expect(question.from).toEqual(addressOf(trial.console))
  expect(Buffer.from(answer.cargo).toString()).toBe('answer')
  expect(answer.from).toEqual(addressOf(connector))
})

test('a guest reaches any console and is answered at the address the relay made for it', async () => {
  await using trial = await Trial.start()
  const console = await trial.attachConsole()
  await trial.admit(console)
  const guest = await trial.attach(person('guest'))

  guest.cargo(anyConsole, 'may I join?')
  const asked = await console.next('cargo')
  console.cargo(asked.from, 'welcome')

  expect(asked.from.role).toBe('guest')
  expect(Buffer.from((await guest.next('cargo')).cargo).toString()).toBe('welcome')
})
