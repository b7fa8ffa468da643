/**
 * T47: whatever a caller types is one value.
 *
 * @module
 */
import fc from 'fast-check'
import { encodeFilter, equal, type Filter } from '@sallygate/protocol-ldap'
import { ServiceLife } from '@sallygate/service-kit'
import { success } from '@sallygate/testkit/hostile-directory'
import { testContext } from '@sallygate/testkit/service-host'
import { readVectors, vectorsAbsence, vectorsDirectory } from '@sallygate/testkit/vectors'
import { afterEach, describe, expect, test } from 'vitest'
import { readLogin } from './authenticate.ts'
import { onSearch, open, search, stopAll } from './testing/hostile.ts'

afterEach(stopAll)

describe('T47 injection', () => {
  /** Every field a user can reach, with the attribute it lives in. */
  const fields = { login: 'uid', mail: 'mail', displayName: 'displayName', id: 'entryUUID' } as const

  async function filterSeen(life: ServiceLife, seen: Filter[], run: () => Promise<unknown>): Promise<Filter> {
    seen.length = 0
    await run()
    expect(life.state().kind).toBe('healthy')
    return seen[0] as Filter
  }

  async function openEar() {
    const seen: Filter[] = []
    const { life } = await open(
      onSearch((reply) => {
        if (reply.request.operation.kind === 'searchRequest') seen.push(reply.request.operation.filter)
        reply.send(success)
      }),
    )
    return { life, seen }
  }

  const expectOneNode = (filter: Filter, inside: readonly Filter[]) => {
    const whole: Filter = { kind: 'and', filters: [equal('objectClass', 'inetOrgPerson'), ...inside] }
    expect(encodeFilter(filter).equals(encodeFilter(whole))).toBe(true)
  }

  test('10,000 strings in every field are always one equality node with that very value', async () => {
    const { life, seen } = await openEar()
    const anyText = fc.string({ unit: 'binary', minLength: 1, maxLength: 40 }).filter((text) => text.isWellFormed())
    const strings = fc.sample(anyText, 10_000)
    const names = Object.keys(fields) as (keyof typeof fields)[]

    // A hundred values in one question; each has to be a node of its own.
    for (let at = 0; at < strings.length; at += 100) {
      const batch = strings.slice(at, at + 100)
      const field = names[(at / 100) % names.length] as keyof typeof fields
      const filter = await filterSeen(life, seen, () => search(life, { match: { field, anyOf: batch } }))
      const nodes = batch.map((text) => equal(fields[field], text))
      expectOneNode(filter, [{ kind: 'or', filters: nodes }])
    }
  })

  if (vectorsDirectory() === undefined) console.log(`skipped: LDAP injection payloads, ${vectorsAbsence}`)
  test.skipIf(vectorsDirectory() === undefined)(
    'the published payloads, also as the name of who signs in',
    async () => {
      const { life, seen } = await openEar()
      const { cases } = readVectors<{ cases: { payload: string; filterBer: string }[] }>(
        'ldap/filter-injection-expected.json',
      )

      for (const { payload, filterBer } of cases) {
        if (payload === '') continue
        const filter = await filterSeen(life, seen, () => search(life, { match: { field: 'login', equals: payload } }))
        const inner = filter.kind === 'and' ? filter.filters[1] : undefined
        expect(inner === undefined ? '' : encodeFilter(inner).toString('hex'), payload).toBe(filterBer)
      }
      for (const { payload } of cases) {
        // NUL is refused before; what reads as a DN is bound with, never searched for.
        if (payload.includes('\0') || payload === '' || /^[\w.]+ *=/.test(payload)) continue
        const filter = await filterSeen(life, seen, () =>
          life.run('authenticate', { user: payload, password: 'x' }, testContext()),
        )
        // Elsewhere than in Active Directory what stands before a backslash is no part of the name.
        const name = readLogin(payload).kind === 'windows' ? payload.slice(payload.indexOf('\\') + 1) : payload
        expectOneNode(filter, [equal('uid', name)])
      }
    },
  )

  test('a caller cannot name an attribute, only a field', async () => {
    const { life } = await openEar()

    for (const field of ['userPassword', 'unicodePwd', 'uid)(uid', '__proto__']) {
      await expect(search(life, { match: { field, equals: 'x' } })).rejects.toMatchObject({
        code: 'SERVICE_PARAMETERS_INVALID',
      })
    }
  })
})
