import { describe, expect, test } from 'vitest'
import { Turnstile } from './turnstile.ts'

const turn = () => new Promise((resolve) => setImmediate(resolve))

describe('the turnstile', () => {
  test('lets a few in at once, and the rest turn by turn in the order they came', async () => {
    const turnstile = new Turnstile({ perTurn: 3, mostWaiting: 100 })
    const entered: number[] = []
    const arrive = async (number: number) => {
      await turnstile.enter()
      entered.push(number)
    }

    const all = Array.from({ length: 8 }, (_, number) => arrive(number))

    const perTurn: number[] = []
    while (entered.length < 8) {
      await turn()
      perTurn.push(entered.length)
    }
    await Promise.all(all)
    expect(entered).toEqual([0, 1, 2, 3, 4, 5, 6, 7])
    expect(perTurn.at(0)).toBeLessThanOrEqual(6)
    expect(perTurn.every((count, at) => count - (perTurn[at - 1] ?? 3) <= 3)).toBe(true)
  })

  test('costs nothing where few come', async () => {
    const turnstile = new Turnstile({ perTurn: 3, mostWaiting: 100 })
    for (let at = 0; at < 100; at++) {
      expect(turnstile.enter()).toBeUndefined()
      await turn()
    }
  })

  test('sends the newest away where too many wait, and takes others again later', async () => {
    const turnstile = new Turnstile({ perTurn: 1, mostWaiting: 2 })
    const waiting = [turnstile.enter(), turnstile.enter(), turnstile.enter()]

    expect(() => turnstile.enter()).toThrow(expect.objectContaining({ code: 'CONSOLE_BUSY' }))

    for (const one of waiting) await one
    await turn()
    await turn()
    expect(turnstile.enter()).toBeUndefined()
  })
})
