/**
 * Hostile directories, asked while somebody sets one up.
 *
 * @module
 */
import type { LdapOperation } from '@sallygate/protocol-ldap'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import { success } from '@sallygate/testkit/hostile-directory'
import { testContext } from '@sallygate/testkit/service-host'
import { afterEach, describe, expect, test } from 'vitest'
import { maxRawAttributes, maxRawValues, type BasesResult, type PreviewResult } from '../contract.ts'
import { measured, megabyte, onSearch, open, stopAll } from './testing/hostile.ts'

afterEach(stopAll)

const many = (count: number, text: string) => Array.from({ length: count }, (_, at) => Buffer.from(`${text}${at}`))
const questions = [
  ['bases', {}],
  ['bases', { below: 'dc=x' }],
  ['preview', { entry: 'ada' }],
  ['preview', { entry: 'uid=ada,dc=x' }],
] as const

describe.each(questions)('%s %o', (operation, params) => {
  test('asked of a server that says nothing ends in time', async () => {
    const clock = new FakeClock()
    const { directory, life } = await open(
      onSearch(() => {}),
      {},
      clock,
    )
    const asked = life.run(operation, params, testContext({ clock, deadlineMs: 20_000 })).catch((error) => error)
    await directory.waitFor('searchRequest')

    await clock.advance(10_000)
    expect(await asked).toMatchObject({ code: 'DIRECTORY_TIME_OUT' })
  })

  test('asked of a server that floods ends bounded, and nothing of it is kept', async () => {
    const flood: LdapOperation = {
      kind: 'searchEntry',
      dn: 'uid=ada,dc=x',
      attributes: [{ type: 'namingContexts', values: many(20, 'x'.repeat(1024)) }],
    }
    const { life } = await open(
      onSearch(async (reply) => {
        for (let sent = 0; sent < 50_000 && !reply.isGone; sent++) {
          reply.send(flood)
          if (sent % 100 === 0) await reply.drained()
        }
      }),
    )

    const { workMs, keptBytes } = await measured(async () => {
      await expect(life.run(operation, params, testContext({ deadlineMs: 20_000 }))).rejects.toMatchObject({
        code: expect.stringMatching(/^DIRECTORY_(TOO_|TIME_OUT)/),
      })
    })

    expect(workMs).toBeLessThan(20_000)
    expect(keptBytes).toBeLessThan(20 * megabyte)
  }, 60_000)
})

test('an entry with thousands of attributes and values is shown cut, and says so', async () => {
  const { life } = await open(
    onSearch((reply) => {
      const attributes = Array.from({ length: 3000 }, (_, at) => ({ type: `attribute${at}`, values: many(1, 'v') }))
      reply.send({
        kind: 'searchEntry',
        dn: 'uid=ada,dc=x',
        attributes: [{ type: 'mail', values: many(5000, '\u{1f600}'.repeat(400)) }, ...attributes],
      })
      reply.send(success)
    }),
  )

  const found = (await life.run('preview', { entry: 'uid=ada,dc=x' }, testContext())) as PreviewResult

  expect(found).toMatchObject({ moreAttributes: true })
  expect(found.attributes).toHaveLength(maxRawAttributes)
  const mail = found.attributes.find(({ attribute }) => attribute === 'mail')
  expect(mail).toMatchObject({ count: 5000, isCut: true })
  expect(mail?.values).toHaveLength(maxRawValues)
  expect(mail?.values.every((value) => value.isWellFormed())).toBe(true)
  expect(found.fields.find(({ field }) => field === 'mail')).toMatchObject({ more: true })
})

test('names of a server are only shown: no matter what is in them, they are one value each', async () => {
  const names = ['dc=x', '*)(objectClass=*', '\u202edc=x', 'a\nb', '']
  const { life } = await open(
    onSearch((reply) => {
      const values = names.map((name) => Buffer.from(name))
      reply.send({ kind: 'searchEntry', dn: '', attributes: [{ type: 'namingContexts', values }] })
      reply.send(success)
    }),
  )

  const found = (await life.run('bases', {}, testContext())) as BasesResult

  expect(found.bases.map(({ dn }) => dn)).toEqual(names)
})
