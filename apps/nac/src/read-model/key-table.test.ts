import fc from 'fast-check'
import { expect, test } from 'vitest'
import { KeyTable } from './key-table.ts'

interface Thing {
  readonly name: number
  readonly keys: readonly (readonly [kind: number, value: string])[]
}

const thingKeys = {
  of: ({ keys }: Thing) => keys,
  has: ({ keys }: Thing, kind: number, value: string) => keys.some(([k, v]) => k === kind && v === value),
}
const byName = (a: Thing, b: Thing) => a.name - b.name

test('whatever comes and goes, it finds what a list would find', () => {
  const key = fc.tuple(fc.nat(2), fc.constantFrom('', 'a', 'b', 'c', 'aa', 'ab', '\u00e9', 'x'.repeat(40)))
  const step = fc.record({ isAdding: fc.boolean(), keys: fc.array(key, { maxLength: 6 }), at: fc.nat(1000) })
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      const table = new KeyTable<Thing>(thingKeys)
      const live = new Map<number, Thing>()
      for (const [name, { isAdding, keys, at }] of steps.entries()) {
        if (isAdding || live.size === 0) {
          const thing = { name, keys }
          live.set(table.add(thing), thing)
        } else {
          const number = [...live.keys()][at % live.size] as number
          table.remove(number)
          live.delete(number)
        }
      }

      for (const kind of [0, 1, 2])
        for (const value of ['', 'a', 'b', 'c', 'aa', 'ab', '\u00e9', 'x'.repeat(40), 'nobody'])
          expect(table.find(kind, value).toSorted(byName)).toEqual(
            [...live.values()].filter((thing) => thingKeys.has(thing, kind, value)).toSorted(byName),
          )
    }),
  )
})

test('one that changes again and again takes no more room', () => {
  const table = new KeyTable<Thing>(thingKeys)
  let number = table.add({ name: 0, keys: [[0, 'first']] })
  for (let name = 1; name < 20_000; name++) {
    table.remove(number)
    number = table.add({ name, keys: [[0, `value ${name}`]] })
  }

  expect(number).toBe(1)
  expect(table.find(0, 'value 19999')).toHaveLength(1)
  expect(table.find(0, 'value 19998')).toHaveLength(0)
})

test('a hundred thousand are found, each by each of its keys', () => {
  const table = new KeyTable<Thing>(thingKeys)
  for (let name = 0; name < 100_000; name++)
    table.add({
      name,
      keys: [
        [0, `mac ${name}`],
        [1, `serial ${name}`],
      ],
    })

  for (let name = 0; name < 100_000; name += 997) {
    expect(table.find(0, `mac ${name}`)).toMatchObject([{ name }])
    expect(table.find(1, `serial ${name}`)).toMatchObject([{ name }])
    expect(table.find(1, `mac ${name}`)).toEqual([])
  }
})
