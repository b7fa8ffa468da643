import { chmodSync, existsSync, readFileSync, statSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { admissionParts, encodeFrame } from '@sallygate/hop'
import { addressOf, person, push } from './testing/trial-peer.ts'
import { Trial } from './testing/trial.ts'

describe('an admission list', () => {
  test('once in force cuts at once whom it no longer admits, and nobody else (PROTOCOL M-H19)', async () => {
    await using trial = await Trial.start()
    const [stays, goes] = [person('connector'), person('connector')]
    const console = await trial.attachConsole()
    await trial.admit(console, stays, goes)
    const [staying, going] = [await trial.attach(stays), await trial.attach(goes)]
    const startedMs = performance.now()

    const admitted = await trial.admit(console, stays)
    const refused = await going.next('refused')
    await going.closed

    expect(performance.now() - startedMs).toBeLessThan(2000)
    expect(admitted).toMatchObject({ ok: true, number: 2, reason: 'accepted' })
    expect(refused.reason).toBe('notAdmitted')
    console.cargo(addressOf(stays), 'x')
    await staying.next('cargo')
    expect(trial.relay.statistics()).toMatchObject({ connectors: 1, ended: { notAdmitted: 1 } })
  })

  test('is in force again after a restart, and an older one stays refused (PROTOCOL M-H18)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    const five = await trial.signedAdmission([connector], 5)
    const four = await trial.signedAdmission([], 4)
    const otherFive = await trial.signedAdmission([], 5)
    await push(await trial.attachConsole(), 5, five)
    await trial.relay.stop()

    await trial.startRelay()
    const attached = await trial.attach(connector)
    const console = await trial.attachConsole()
    const stale = await push(console, 4, four)
    const same = await push(console, 5, otherFive)
    const again = await push(console, 5, five)

    expect(stale).toMatchObject({ ok: false, number: 5, reason: 'stale' })
    expect(same).toMatchObject({ ok: false, number: 5, reason: 'stale' })
    expect(again).toMatchObject({ ok: true, number: 5 })
    expect(attached.has('refused')).toBe(false)
    expect(statSync(trial.file('admission.bin')).mode & 0o777).toBe(0o600)
  })

  test('with a bad signature, for another relay or in pieces that do not fit changes nothing (PROTOCOL M-H17)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    const console = await trial.attachConsole()
    await trial.admit(console, connector)
    const attached = await trial.attach(connector)
    const kept = readFileSync(trial.file('admission.bin'))
    const byStranger = await trial.signedAdmission([], 9, person('console'))
    const changed = await trial.signedAdmission([], 9)
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1
    const good = await trial.signedAdmission([], 9)

    const answers = [await push(console, 9, byStranger), await push(console, 9, changed)]
    console.send({ type: 'admit', number: 9, part: 1, parts: 2, bytes: good })
    answers.push(await console.next('admitted'))
    console.send({ type: 'admit', number: 9, part: 0, parts: 2, bytes: good })
    console.send({ type: 'admit', number: 10, part: 1, parts: 2, bytes: good })
    answers.push(await console.next('admitted'))

    expect(answers.map(({ reason }) => reason)).toEqual(['badSignature', 'badSignature', 'malformed', 'malformed'])
    expect(answers.every(({ ok, number }) => !ok && number === 1)).toBe(true)
    expect(readFileSync(trial.file('admission.bin')).equals(kept)).toBe(true)
    expect(attached.has('refused')).toBe(false)
  })

  test('from a connector is refused and changes nothing (PROTOCOL M-H19)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    await trial.admit(await trial.attachConsole(), connector)
    const far = await trial.attach(connector)

    const answer = await push(far, 2, await trial.signedAdmission([], 2))

    expect(answer).toMatchObject({ ok: false, number: 1, reason: 'notAllowed' })
    expect(far.has('refused')).toBe(false)
  })

  test('of thousands of entries arrives in parts (PROTOCOL M-H17)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    const signed = await trial.signedAdmission(
      [...Array.from({ length: 6000 }, () => connector), person('connector')],
      1,
    )

    expect(admissionParts(1, signed).length).toBeGreaterThan(2)
    expect(await push(await trial.attachConsole(), 1, signed)).toMatchObject({ ok: true, number: 1 })
    await trial.attach(connector)
  })

  test('that cannot be kept is in force all the same, and the console is told (PROTOCOL M-H19)', async () => {
    await using trial = await Trial.start({ settings: { admissionFile: '/dev/null/admission.bin' } })
    const [stays, goes] = [person('connector'), person('connector')]
    const console = await trial.attachConsole()

    const first = await trial.admit(console, stays, goes)
    const going = await trial.attach(goes)
    const second = await trial.admit(console, stays)

    expect([first, second]).toMatchObject([
      { ok: false, number: 1, reason: 'notSaved' },
      { ok: false, number: 2, reason: 'notSaved' },
    ])
    expect((await going.next('refused')).reason).toBe('notAdmitted')
  })

  test('the list is the only file the relay writes, and it holds no cargo (PROTOCOL M-H12)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    const console = await trial.attachConsole()
    await trial.admit(console, connector)
    const far = await trial.attach(connector)
    console.cargo(addressOf(connector), 'canary-7d1f')
    await far.next('cargo')
    await trial.relay.stop()

    expect(existsSync(trial.file('admission.bin'))).toBe(true)
    expect(readFileSync(trial.file('admission.bin')).includes('canary-7d1f')).toBe(false)
    expect(JSON.stringify(trial.relay.statistics())).not.toContain('canary-7d1f')
  })
})

describe('the secure channel', () => {
  test('imported again changes which consoles may attach, without a restart (PROTOCOL M-H8)', async () => {
    await using trial = await Trial.start()
    const before = await trial.attachConsole()
    const next = person('console')

    trial.writeSecureChannel([next])

    expect((await before.next('refused')).reason).toBe('notAdmitted')
    await trial.attach(next)
  })

  test('a relay that has none does not start, and says which file', async () => {
    await using trial = await Trial.start()
    const starting = trial.startRelay({ settings: { secureChannelFile: trial.file('absent.json') } })

    await expect(starting).rejects.toMatchObject({ code: 'FILE_MISSING', details: { path: trial.file('absent.json') } })
  })

  test('a TLS key that others can read stops the start', async () => {
    await using trial = await Trial.start()
    chmodSync(trial.file('tls.key'), 0o644)

    await expect(trial.startRelay()).rejects.toMatchObject({ code: 'FILE_NOT_PRIVATE' })
  })

  test('a port that is taken is named', async () => {
    await using trial = await Trial.start()
    const starting = trial.startRelay({ settings: { port: trial.relay.port } })

    await expect(starting).rejects.toMatchObject({ code: 'LISTEN_PORT_TAKEN', details: { port: trial.relay.port } })
  })
})

test('a frame of 14 bytes is what undelivered costs', () => {
  const frame = encodeFrame({ type: 'undelivered', token: '00'.repeat(8), reason: 'busy', retryAfterMs: 1 })
  expect(frame).toHaveLength(14)
})
