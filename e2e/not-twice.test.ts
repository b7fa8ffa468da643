/**
 * What must not be done twice: T18, T21, T34. The authority is *simulated*; console, relay, connector, journal and reconciliation are the real ones.
 */
import { appendFileSync, copyFileSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { PartProcess } from '@sallygate/testkit/part-process'
import { authorityContract, readLedger, simulatedAuthority, type Fault } from '@sallygate/testkit/simulated-authority'
import { encodeJson } from '@sallygate/base/json'
import { decodeDone } from '@sallygate/service-kit'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { Gate } from '../apps/console/src/testing/gate.ts'
import { Gate as HostileGate, requestTo } from './hostile-relay/gate.ts'
import type { Dispatcher } from '../apps/console/src/calls/dispatcher.ts'

const operations = Object.keys(authorityContract.operations)
const policy = `\n[services.authority]\noperations = ${JSON.stringify(operations)}\ntargets = []\n`

function issue(dispatcher: Dispatcher, group: string, subject: string, deadlineMs = 60_000) {
  return dispatcher.call({
    errand: {
      group,
      actingGroup: group,
      component: 'other',
      operation: 'authority.issue',
      class: 'N',
      parameters: encodeJson({ subject }),
      generation: undefined,
    },
    deadlineMs,
    leastMs: 100,
  })
}

const serialOf = ({ attempt }: Awaited<ReturnType<typeof issue>>) =>
  attempt.kind === 'done' ? decodeDone(attempt.payload).result : attempt.failure.code

describe('T18: a connector that is killed with -9 while it issues', { timeout: 90_000 }, () => {
  let gate: Gate
  let connector: PartProcess
  let ledger: string

  beforeAll(async () => {
    gate = await Gate.open()
    ledger = join(gate.home, 'ledger')
    await gate.enroll('one', await gate.code())
    const home = join(gate.home, 'one')
    appendFileSync(join(home, 'policy.toml'), policy)
    connector = new PartProcess({
      name: 'one',
      program: join(import.meta.dirname, '../packages/testkit/src/authority-connector.ts'),
      home,
      settings: { home },
    })
    connector.start()
    await gate.untilState('one', 'live', 30_000)
    const settings = { service: 'authority', settings: { ledger }, generation: 1 }
    await gate.console.caller.call(gate.group, 'instance.configure', settings, { generation: 1 })
  }, 60_000)
  afterAll(async () => {
    await connector?.kill()
    await gate?.close()
  }, 30_000)

  async function restartWhenDead(): Promise<void> {
    await gate.until(() => !connector.isRunning, 30_000)
    connector.start()
    await gate.untilState('one', 'live', 30_000)
  }

  test.each<Fault>(['beforeCall', 'afterCall', 'afterResult'])(
    '%s: the certificate is issued exactly once, and the caller gets it',
    async (fault) => {
      const subject = `CN=${fault}`
      writeFileSync(join(gate.home, 'one', 'fault'), fault)

      const [answer] = await Promise.all([issue(gate.console.dispatcher, gate.group, subject), restartWhenDead()])

      const issued = readLedger(ledger).filter((line) => line.subject === subject)
      expect(issued).toHaveLength(1)
      expect(serialOf(answer)).toEqual({ serial: issued[0]?.serial })
    },
  )

  test('a connector that comes back too late leaves it unknown, and nobody issues it again', async () => {
    const subject = 'CN=late'
    writeFileSync(join(gate.home, 'one', 'fault'), 'afterCall')

    const answer = issue(gate.console.dispatcher, gate.group, subject, 4000)

    await expect(answer).rejects.toMatchObject({ code: 'CONSOLE_UNKNOWN_OUTCOME' })
    await restartWhenDead()
    expect(readLedger(ledger).filter((line) => line.subject === subject)).toHaveLength(1)
  })
})

describe('T21: the journal after a power cut', { timeout: 90_000 }, () => {
  test('cut at any byte of what was not acknowledged, it is whole up to a record and no key runs twice', async () => {
    const home = await open()
    try {
      const journal = join(home.gate.home, 'one', 'journal.bin')
      const before = readFileSync(journal).length
      await issue(home.gate.console.dispatcher, home.gate.groups.main, 'CN=cut')
      const whole = readFileSync(journal)
      const copy = `${journal}.whole`
      copyFileSync(journal, copy)
      const [line] = readLedger(home.ledger)
      for (const length of [
        before,
        before + 1,
        before + 40,
        Math.floor((before + whole.length) / 2),
        whole.length - 1,
      ]) {
        await home.gate.connectors.get('one')?.stop()
        copyFileSync(copy, journal)
        truncateSync(journal, length)
        await home.gate.start('one')
        const { attempt } = await ask(home, line?.key ?? '', 'CN=cut')
        expect(attempt.kind === 'done' ? decodeDone(attempt.payload).result : attempt).toEqual({
          state: 'done',
          result: { serial: 1 },
        })
        expect(readLedger(home.ledger)).toHaveLength(1)
      }
    } finally {
      await home.gate.close()
    }
  })
})

describe('T34: a request to issue, delivered again', { timeout: 90_000 }, () => {
  test('1,000 times, after a restart, and after the journal was lost: it is done once', async () => {
    const home = await open()
    try {
      const { gate, ledger } = home
      const tapped = gate.tap((passing) => requestTo(gate.instance('one'))(passing))
      await issue(gate.console.dispatcher, gate.groups.main, 'CN=again')
      const recorded = await tapped

      await gate.deliver(Array.from({ length: 1000 }, () => recorded))
      expect(readLedger(ledger)).toHaveLength(1)
      await gate.restart('one')
      await gate.deliver(Array.from({ length: 100 }, () => recorded))
      expect(readLedger(ledger)).toHaveLength(1)

      await gate.connectors.get('one')?.stop()
      rmSync(join(gate.home, 'one', 'journal.bin'))
      await gate.start('one')
      await gate.deliver(Array.from({ length: 100 }, () => recorded))

      expect(readLedger(ledger)).toHaveLength(1)
      expect(gate.refusals('one', 'ENVELOPE_CANNOT_OPEN')).toBeGreaterThan(0)
    } finally {
      await home.gate.close()
    }
  })
})

interface Home {
  readonly gate: HostileGate
  readonly ledger: string
}

async function open(): Promise<Home> {
  const services = [simulatedAuthority(() => 'none')]
  const gate = await HostileGate.open({ seed: 0x18, connectors: ['one'], more: { services, policy } })
  const ledger = join(gate.home, 'ledger')
  const settings = { service: 'authority', settings: { ledger }, generation: 1 }
  await gate.console.caller.call(gate.groups.main, 'instance.configure', settings, { generation: 1 })
  return { gate, ledger }
}

function ask({ gate }: Home, key: string, subject: string) {
  return gate.console.dispatcher.call({
    errand: {
      group: gate.groups.main,
      actingGroup: gate.groups.main,
      component: 'other',
      operation: 'authority.issue.outcome',
      class: 'R',
      parameters: encodeJson({ key, parameters: { subject } }),
      generation: undefined,
    },
    deadlineMs: 10_000,
    leastMs: 100,
  })
}
