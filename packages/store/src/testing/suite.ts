/**
 * What every store has to keep, whatever database lies under it.
 *
 * Run with SQLite by `store.test.ts`; a further database runs the same suite.
 * Imported only from tests.
 *
 * @module
 */
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import fc from 'fast-check'
import { randomBytes, sha256, toHex } from '@sallygate/base/bytes'
import { Secret } from '@sallygate/base/secret'
import { printHead } from '../hash-chain.ts'
import type { Store } from '../store.ts'
import { accountsSuite } from './accounts-suite.ts'
import { devicesSuite } from './devices-suite.ts'
import { directorySuite } from './directory-suite.ts'
import { eventsSuite } from './events-suite.ts'
import { groupsSuite } from './groups-suite.ts'
import { mailSuite } from './mail-suite.ts'
import { rotationsSuite } from './rotations-suite.ts'
import { syslogSuite } from './syslog-suite.ts'

export interface OpenedStore {
  readonly store: Store
  /** What the clock shows that the store was opened with. */
  now(): Date
  advance(ms: number): Promise<void>
  end(): Promise<void>
}

const hour = 3_600_000

export function storeSuite(name: string, open: () => Promise<OpenedStore>): void {
  describe(name, () => {
    let opened: OpenedStore
    let store: Store

    beforeEach(async () => {
      opened = await open()
      store = opened.store
    })
    afterEach(() => opened.end())

    const later = (ms: number) => new Date(opened.now().getTime() + ms)
    const addGroup = (label = 'Acme') => store.groups.add({ name: label })
    const addCode = async (group: string, codeId = toHex(randomBytes(16))) => {
      const secret = new Secret(randomBytes(16))
      await store.enrollmentCodes.add({ codeId, group, secret, name: 'Berlin', expiresAt: later(hour) })
      return { codeId, secret }
    }
    const addCertificate = (group: string) =>
      store.certificates.add({
        group,
        kind: 'instance',
        der: randomBytes(300),
        keyId: toHex(randomBytes(32)),
        serial: toHex(randomBytes(16)),
        notBefore: opened.now(),
        notAfter: later(90 * 24 * hour),
      })
    const addInstance = async (group: string) => {
      const certificate = await addCertificate(group)
      const instance = { group, name: 'Berlin', publicKey: randomBytes(65), keyId: certificate.keyId }
      return store.instances.add({ ...instance, certificate: certificate.id })
    }

    describe('groups', () => {
      test('a group that was added is found by id and by name', async () => {
        const group = await addGroup()

        expect(await store.groups.get(group.id)).toEqual(group)
        expect(await store.groups.findByName('ACME')).toEqual(group)
      })

      test('siblings have different names, cousins need not', async () => {
        const acme = await addGroup()
        await store.groups.add({ name: 'EMEA', parent: acme.id })
        const other = await addGroup('Other')

        await expect(store.groups.add({ name: 'emea', parent: acme.id })).rejects.toThrow(/in use/)
        expect((await store.groups.add({ name: 'emea', parent: other.id })).parent).toBe(other.id)
        expect((await store.groups.list({ parent: acme.id })).map((it) => it.name)).toEqual(['EMEA'])
      })

      test('a group below a parent that does not exist is refused', async () => {
        const adding = store.groups.add({ name: 'EMEA', parent: '00'.repeat(16) })

        await expect(adding).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' })
        expect(await store.groups.list()).toEqual([])
      })
    })

    describe('certificates and keys', () => {
      test('the newest active certificate of a kind is the current one', async () => {
        const group = await addGroup()
        const first = await addCertificate(group.id)
        await opened.advance(1000)
        const second = await addCertificate(group.id)

        expect((await store.certificates.current('instance', group.id))?.id).toBe(second.id)
        await store.certificates.setStatus(second.id, 'revoked')

        expect((await store.certificates.current('instance', group.id))?.id).toBe(first.id)
        expect(Buffer.from((await store.certificates.get(first.id)).der)).toEqual(Buffer.from(first.der))
      })

      test('a revoked certificate never becomes active again', async () => {
        const certificate = await addCertificate((await addGroup()).id)
        await store.certificates.setStatus(certificate.id, 'revoked')

        await expect(store.certificates.setStatus(certificate.id, 'active')).rejects.toThrow()
        expect((await store.certificates.get(certificate.id)).status).toBe('revoked')
      })

      test('a stored key comes back as it was, and an erased one does not come back', async () => {
        const group = await addGroup()
        const pkcs8 = randomBytes(138)
        const key = await store.keys.add({ purpose: 'consoleSigning', group: group.id, pkcs8: new Secret(pkcs8) })
        await store.keys.add({ purpose: 'productRoot', pkcs8: new Secret(randomBytes(185)) })

        expect((await store.keys.open(key.id)).reveal()).toEqual(pkcs8)
        expect(await store.keys.list('consoleSigning', group.id)).toEqual([key])
        expect(await store.keys.list('consoleSigning')).toEqual([])
        expect(await store.keys.list('productRoot')).toHaveLength(1)
        await store.keys.erase(key.id)

        await expect(store.keys.open(key.id)).rejects.toMatchObject({ code: 'STORE_NOT_FOUND' })
      })
    })

    describe('instances', () => {
      test('revoking an instance revokes its certificate, for good', async () => {
        const instance = await addInstance((await addGroup()).id)
        const revoked = await store.instances.revoke(instance.id)
        await opened.advance(hour)

        expect(await store.instances.revoke(instance.id)).toEqual(revoked)
        expect(revoked.status).toBe('revoked')
        expect((await store.certificates.get(instance.certificate)).status).toBe('revoked')
        expect(await store.instances.list({ group: instance.group, status: 'active' })).toEqual([])
      })

      test('what an instance does not say again stays as it was', async () => {
        const { id } = await addInstance((await addGroup()).id)
        await store.instances.saw(id, { software: 'connector 0.1.0', trustSetNumber: 4 })
        await opened.advance(1000)
        await store.instances.saw(id, { trustSetNumber: 5 })

        const seen = await store.instances.get(id)
        expect(seen).toMatchObject({ software: 'connector 0.1.0', trustSetNumber: 5, lastSeen: opened.now() })
      })

      test('one key cannot be two instances', async () => {
        const instance = await addInstance((await addGroup()).id)
        const { group, publicKey, keyId, certificate } = instance

        const adding = store.instances.add({ group, name: 'twin', publicKey, keyId, certificate })

        await expect(adding).rejects.toMatchObject({ code: 'STORE_DUPLICATE' })
      })
    })

    describe('enrollment codes', () => {
      test('any interleaving of uses of some codes has exactly one winner for each', async () => {
        const group = await addGroup()
        const codes = await Promise.all(Array.from({ length: 200 }, () => addCode(group.id)))
        let next = 0

        await fc.assert(
          fc.asyncProperty(fc.array(fc.boolean(), { minLength: 2, maxLength: 12 }), async (yields) => {
            const { codeId } = codes[next++] ?? (await addCode(group.id))
            const uses = yields.map(async (isYielding, at) => {
              if (isYielding) await Promise.resolve()
              return store.enrollmentCodes.use(codeId, `instance ${at}`)
            })
            const outcomes = await Promise.all(uses)

            expect(outcomes.filter(({ kind }) => kind === 'used')).toHaveLength(1)
            const winner = outcomes.findIndex(({ kind }) => kind === 'used')
            expect((await store.enrollmentCodes.find(codeId))?.usedBy).toBe(`instance ${winner}`)
          }),
          { numRuns: 60 },
        )
      })

      test('an expired code and one nobody made are refused, each by its reason', async () => {
        const { codeId } = await addCode((await addGroup()).id)
        await opened.advance(hour)

        expect(await store.enrollmentCodes.use(codeId, 'late')).toEqual({ kind: 'refused', reason: 'expired' })
        expect(await store.enrollmentCodes.use('00'.repeat(16), 'x')).toEqual({ kind: 'refused', reason: 'unknown' })
      })

      test('the secret of a code comes back for checking a request', async () => {
        const { codeId, secret } = await addCode((await addGroup()).id)

        expect((await store.enrollmentCodes.openSecret(codeId))?.reveal()).toEqual(secret.reveal())
        expect(await store.enrollmentCodes.openSecret('00'.repeat(16))).toBeUndefined()
      })

      test('a code used in a transaction that fails can be used again', async () => {
        const { codeId } = await addCode((await addGroup()).id)

        const failing = store.transaction(async (inside) => {
          await inside.enrollmentCodes.use(codeId, 'first')
          throw new Error('the certificate could not be made')
        })

        await expect(failing).rejects.toThrow(/certificate/)
        expect((await store.enrollmentCodes.use(codeId, 'second')).kind).toBe('used')
      })
    })

    describe('installers', () => {
      test('an installer is used as often as stated and no more, however many try at once', async () => {
        const group = await addGroup()
        await store.installers.add({ keyId: 'aa', group: group.id, uses: 3, expiresAt: later(hour) })

        const outcomes = await Promise.all(Array.from({ length: 8 }, () => store.installers.use('aa')))

        expect(outcomes.filter(({ kind }) => kind === 'used')).toHaveLength(3)
        const refused = outcomes.filter(({ kind }) => kind === 'refused')
        expect(refused).toEqual(Array.from({ length: 5 }, () => ({ kind: 'refused', reason: 'usedUp' })))
        expect((await store.installers.find('aa'))?.usesLeft).toBe(0)
      })

      test('a revoked, an expired and an unknown installer are refused, each by its reason', async () => {
        const group = await addGroup()
        await store.installers.add({ keyId: 'aa', group: group.id, uses: 1, expiresAt: later(hour) })
        await store.installers.add({ keyId: 'bb', group: group.id, uses: 1, expiresAt: later(1) })
        await store.installers.revoke('aa')
        await opened.advance(1)

        expect(await store.installers.use('aa')).toEqual({ kind: 'refused', reason: 'revoked' })
        expect(await store.installers.use('bb')).toEqual({ kind: 'refused', reason: 'expired' })
        expect(await store.installers.use('cc')).toEqual({ kind: 'refused', reason: 'unknown' })
      })
    })

    accountsSuite(() => opened)
    devicesSuite(() => opened)
    directorySuite(() => opened)
    eventsSuite(() => opened)
    groupsSuite(() => opened)
    mailSuite(() => opened)
    rotationsSuite(() => opened)
    syslogSuite(() => opened)

    describe('administrators', () => {
      test('of any number of first administrators there is one, and never a second', async () => {
        const tries = Array.from({ length: 6 }, (_, at) =>
          store.admins.addFirst({ name: `admin ${at}`, passwordHash: 'x' }),
        )

        const outcomes = await Promise.allSettled(tries)

        expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(1)
        expect(await store.admins.list()).toHaveLength(1)
      })

      test('a first administrator whose name is refused leaves the place free', async () => {
        const unnamed = store.admins.addFirst({ name: '\0', passwordHash: 'x' })

        await expect(unnamed).rejects.toMatchObject({ code: 'STORE_NAME_INVALID' })
        expect((await store.admins.addFirst({ name: 'root', passwordHash: 'x' })).name).toBe('root')
      })

      test('names that differ in case or in how accents are written are one', async () => {
        await store.admins.add({ name: 'José', passwordHash: 'x' })

        const twin = store.admins.add({ name: 'JOSE\u0301 ', passwordHash: 'y' })

        await expect(twin).rejects.toMatchObject({ code: 'STORE_NAME_TAKEN' })
        expect((await store.admins.findByName('jose\u0301'))?.name).toBe('José')
      })

      test('guessing slows down, is forgotten after a success, and never locks for good', async () => {
        const { id } = await store.admins.add({ name: 'root', passwordHash: 'x' })
        const waits: number[] = []
        for (let guess = 0; guess < 40; guess++) {
          const until = await store.admins.countFailure(id)
          waits.push(until === undefined ? 0 : until.getTime() - opened.now().getTime())
        }

        expect(waits.slice(0, 8)).toEqual([0, 0, 0, 0, 0, 1000, 2000, 4000])
        expect(waits.at(-1)).toBe(300_000)
        await store.admins.countSuccess(id)
        expect(await store.admins.find(id)).toMatchObject({ failedCount: 0, throttledUntil: undefined })
      })
    })

    describe('API keys', () => {
      test('a key is known until it expires or is revoked', async () => {
        const { apiKey, key } = await store.apiKeys.add({ name: 'script', expiresAt: later(hour) })

        expect(await store.apiKeys.check(key.reveal())).toEqual({ kind: 'known', apiKey })
        expect(await store.apiKeys.check(`${key.reveal()}x`)).toEqual({ kind: 'refused', reason: 'unknown' })
        await opened.advance(hour)
        expect(await store.apiKeys.check(key.reveal())).toEqual({ kind: 'refused', reason: 'expired' })
        await store.apiKeys.revoke(apiKey.id)
        expect(await store.apiKeys.check(key.reveal())).toEqual({ kind: 'refused', reason: 'revoked' })
      })
    })

    describe('service settings', () => {
      const fields = { secretFields: ['bindPassword'], eraserFields: ['host', 'tls'] }
      const settings = { host: 'dc1.example', tls: { mode: 'ldaps', ca: 'A' }, baseDn: 'dc=example' }
      const service = 'directory'
      const password = (text: string) => ({ bindPassword: new Secret(text) })

      test('a changed host, port or trust erases the secret, unless a new one comes with it', async () => {
        const { id: group } = await addGroup()
        const change = { group, service, ...fields }
        await store.serviceSettings.set({ ...change, settings, secrets: password('first') })

        const moved = await store.serviceSettings.set({ ...change, settings: { ...settings, host: 'evil.example' } })
        expect(moved).toEqual({ generation: 2, erased: ['bindPassword'] })
        expect(await store.serviceSettings.openSecrets(group, service)).toEqual({})

        await store.serviceSettings.set({ ...change, settings, secrets: password('second') })
        const tls = { ...settings.tls, ca: 'B' }
        await store.serviceSettings.set({ ...change, settings: { ...settings, tls }, secrets: password('third') })
        const { bindPassword } = await store.serviceSettings.openSecrets(group, service)
        expect(bindPassword?.reveal()).toBe('third')
      })

      test('other changes keep the secret, and the order of members is no change', async () => {
        const { id: group } = await addGroup()
        const change = { group, service, ...fields }
        await store.serviceSettings.set({ ...change, settings, secrets: password('kept') })
        const reordered = { tls: { ca: 'A', mode: 'ldaps' }, host: 'dc1.example', baseDn: 'ou=people' }

        const outcome = await store.serviceSettings.set({ ...change, settings: reordered })

        expect(outcome).toEqual({ generation: 2, erased: [] })
        expect(await store.serviceSettings.get(group, service)).toEqual({
          group,
          service,
          settings: reordered,
          secretsSet: ['bindPassword'],
          generation: 2,
          updatedAt: opened.now(),
        })
        expect((await store.serviceSettings.openSecrets(group, service))['bindPassword']?.reveal()).toBe('kept')
        await store.serviceSettings.set({ ...change, settings: reordered, secrets: { bindPassword: null } })
        expect((await store.serviceSettings.list(group)).map((it) => it.secretsSet)).toEqual([[]])
      })

      test('a secret given as an ordinary setting is a bug, not a row', async () => {
        const { id: group } = await addGroup()
        const wrong = { ...settings, bindPassword: 'readable' }

        expect(() => store.serviceSettings.set({ group, service, ...fields, settings: wrong })).toThrow(/secret field/)
        expect(await store.serviceSettings.get(group, service)).toBeUndefined()
      })
    })

    describe('numbers', () => {
      test('numbers only rise, whatever is asked of them in whatever order', async () => {
        const step = fc.oneof(
          fc.constant({ kind: 'next' as const }),
          fc.record({ kind: fc.constant('raise' as const), floor: fc.nat(50) }),
        )
        let run = 0

        await fc.assert(
          fc.asyncProperty(fc.array(step, { maxLength: 20 }), async (steps) => {
            const counter = `run ${run++}`
            let last = 0
            for (const it of steps) {
              const floor = it.kind === 'next' ? last + 1 : Math.max(last, it.floor)
              const value =
                it.kind === 'next' ? await store.counters.next(counter) : await store.counters.raise(counter, it.floor)
              expect(value).toBe(floor)
              last = value
            }
            expect(await store.counters.get(counter)).toBe(last)
          }),
          { numRuns: 40 },
        )
      })

      test('trust sets that are issued at once have different numbers, and the highest is the latest', async () => {
        const { id: group } = await addGroup()
        const issue = () => store.trustSets.issue(group, (number) => Buffer.from(`set ${number}`))

        const issued = await Promise.all(Array.from({ length: 12 }, issue))

        const numbers = issued.map(({ number }) => number).toSorted((a, b) => a - b)
        expect(numbers).toEqual(Array.from({ length: 12 }, (_, at) => at + 1))
        expect((await store.trustSets.latest(group))?.number).toBe(12)
        expect(Buffer.from((await store.trustSets.latest(group))?.bytes ?? [])).toEqual(Buffer.from('set 12'))
      })

      test('a number whose signing failed is not used again', async () => {
        const failing = store.admissionLists.issue('relay', () => Promise.reject(new Error('no key')))
        await expect(failing).rejects.toThrow(/no key/)

        const issued = await store.admissionLists.issue('relay', (number) => Buffer.from([number]))

        expect(issued.number).toBe(2)
        expect((await store.admissionLists.latest('relay'))?.number).toBe(2)
        expect(await store.admissionLists.latest('other relay')).toBeUndefined()
      })

      test('a number is never given out inside a transaction that could give it back', async () => {
        const { id: group } = await addGroup()

        const issuing = store.transaction((inside) => inside.trustSets.issue(group, () => Buffer.from('x')))

        await expect(issuing).rejects.toThrow(/outside/)
      })
    })

    describe('the request log', () => {
      const record = (at: number) => ({
        requestId: toHex(sha256(Buffer.from([at]))).slice(0, 32),
        requestDigest: sha256(Buffer.from(`request ${at}`)),
        replyDigest: at % 3 === 0 ? undefined : sha256(Buffer.from(`reply ${at}`)),
        outcome: 'done',
        operation: 'directory.search',
        group: '11'.repeat(16),
        instance: '22'.repeat(16),
        component: 'deviceServices',
        at: opened.now(),
      })

      test('rows appended in one turn become one unbroken chain in their order', async () => {
        const heads = await Promise.all(Array.from({ length: 200 }, (_, at) => store.requestLog.append(record(at))))

        expect(heads.map(({ position }) => position)).toEqual(Array.from({ length: 200 }, (_, at) => at + 1))
        const verdict = await store.requestLog.verify()
        expect(verdict.kind === 'intact' && printHead(verdict.head)).toBe(printHead(store.requestLog.head))
        const [newest] = await store.requestLog.list({ limit: 1 })
        expect(newest).toMatchObject({ position: 200, requestId: record(199).requestId })
      })

      test('a record that cannot be written down fails alone', async () => {
        const before = store.requestLog.append(record(1))
        const wrong = store.requestLog.append({ ...record(2), operation: 'x'.repeat(100) })
        const after = store.requestLog.append(record(3))

        await expect(wrong).rejects.toMatchObject({ code: 'BASE_TOO_LARGE' })
        expect((await before).position).toBe(1)
        expect((await after).position).toBe(2)
      })

      test('a head left elsewhere shows another history and a cut tail', async () => {
        await Promise.all([1, 2, 3].map((at) => store.requestLog.append(record(at))))
        const { head } = store.requestLog

        const other = await store.requestLog.verify([{ position: 2, hash: sha256(Buffer.from('other')) }])
        const longer = await store.requestLog.verify([{ position: 4, hash: head.hash }])

        expect(other).toEqual({ kind: 'broken', position: 2, reason: 'otherHistory' })
        expect(longer).toEqual({ kind: 'broken', position: 4, reason: 'cutOff' })
        expect((await store.requestLog.verify([head])).kind).toBe('intact')
      })
    })

    test('using the store itself inside a transaction is told at once, and does not hang', async () => {
      const asking = store.transaction(() => store.groups.list())
      const nesting = store.transaction(() => store.transaction(() => Promise.resolve()))
      const adding = store.transaction(() => store.groups.add({ name: 'Acme' }))

      const outcomes = await Promise.allSettled([asking, nesting, adding])
      for (const outcome of outcomes) {
        expect(outcome).toMatchObject({
          status: 'rejected',
          reason: { message: expect.stringContaining('inside a transaction') },
        })
      }
      expect(await store.groups.list()).toEqual([])
    })

    test('work that a transaction started and that outlives it may use the store', async () => {
      let outlived: Promise<unknown> = Promise.resolve()
      const ended = Promise.withResolvers<void>()
      await store.transaction((inside) => {
        outlived = ended.promise.then(() => store.groups.list())
        return inside.groups.add({ name: 'Acme' })
      })
      ended.resolve()

      expect(await outlived).toHaveLength(1)
    })

    test('a transaction that fails leaves nothing', async () => {
      const failing = store.transaction(async (inside) => {
        await inside.groups.add({ name: 'Acme' })
        throw new Error('later step')
      })

      await expect(failing).rejects.toThrow(/later step/)
      expect(await store.groups.list()).toEqual([])
      expect((await addGroup()).name).toBe('Acme')
    })
  })
}
