/**
 * T47 for the sync: whatever a directory says is one value.
 *
 * @module
 */
import { success } from '@sallygate/testkit/hostile-directory'
import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import { readSyncEntries } from '../contract.ts'
import { base, open, stopAll } from './testing/hostile.ts'
import { begin, id, onReading } from './testing/hostile-sync.ts'

afterEach(stopAll)

describe('T47 whatever a directory says is one value', () => {
  test('names and values of every kind come through a page as they are, and nothing else with them', async () => {
    const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((text) => text.isWellFormed())
    const odd = ['"', '\\', '}],[{', '\u0000', '\u2028', '__proto__', 'constructor', '\uFEFF', '", "isDisabled": true']
    const texts = [...odd, ...fc.sample(anyText, 500)]
    const { life } = await open(
      onReading((reply) => {
        for (const [at, text] of texts.entries()) {
          const attributes = [id(`id-${at}`), { type: 'displayName', values: [Buffer.from(text)] }]
          reply.send({ kind: 'searchEntry', dn: `uid=u${at},${base}`, attributes })
        }
        reply.send(success)
      }),
    )

    const read = readSyncEntries((await begin(life)).entries)

    expect(read.map(({ fields }) => fields?.['displayName']?.[0])).toEqual(texts)
    expect(read.some(({ isDisabled }) => isDisabled === true)).toBe(false)
  })

  test('attributes that nobody asked for are not told of, whatever their names', async () => {
    const names = ['__proto__', 'constructor', 'userPassword', 'members', 'kind']
    const attributes = [id('a'), ...names.map((type) => ({ type, values: [Buffer.from('planted')] }))]
    const { life } = await open(
      onReading((reply) => {
        reply.send({ kind: 'searchEntry', dn: `uid=a,${base}`, attributes })
        reply.send(success)
      }),
    )

    const { entries } = await begin(life)

    expect(entries).not.toContain('planted')
    expect(readSyncEntries(entries)).toHaveLength(1)
  })

  test('entries outside of the base that a server puts in are left out', async () => {
    const { life } = await open(
      onReading((reply) => {
        reply.send({ kind: 'searchEntry', dn: 'uid=strange,dc=elsewhere', attributes: [id('s')] })
        reply.send({ kind: 'searchEntry', dn: `uid=own,${base}`, attributes: [id('o')] })
        reply.send(success)
      }),
    )

    expect(readSyncEntries((await begin(life)).entries).map((one) => one.id)).toEqual(['o'])
  })
})
