/**
 * Disks that lose what nobody asked them to keep, and disks that turn read-only: T20, T24.
 *
 * @module
 */
import { join } from 'node:path'
import { Installation } from '@sallygate/testkit/installation'
import { LossyDisk, missingForLossyDisk } from '@sallygate/testkit/lossy-disk'
import { seededRandom } from '@sallygate/testkit/seeded-random'
import { pause, Rig } from './rig.ts'
import { needsRig, recheck, type Scenario, type Trial } from './scenario.ts'

const needsDisk = () => needsRig() ?? missingForLossyDisk()

export const disks: readonly Scenario[] = [
  {
    id: 'T20',
    says: 'The power of the console fails under ten writers of groups and mails, again and again: its disk keeps only what it was asked to keep.',
    withinSeconds: 240,
    missing: missingForLossyDisk,
    run: powerCuts,
  },
  {
    id: 'T24',
    says: "A connector's file system finds an error and turns read-only under its open files.",
    withinSeconds: 240,
    missing: needsDisk,
    run: readOnly,
  },
]

const writers = 10

async function powerCuts(trial: Trial): Promise<void> {
  let disk: LossyDisk | undefined
  const whole = await Installation.open({ prepareConsole: (home) => (disk = LossyDisk.make(home, 256)) })
  const random = seededRandom(trial.seed)
  const acknowledged = { groups: new Set<string>(), mails: new Set<string>() }
  let asked = 0
  try {
    await turnMailOn(whole)
    const cuts = trial.isShort ? 2 : 8
    for (let cut = 0; cut < cuts; cut++) {
      let isOver = false
      const write = async () => {
        while (!isOver) {
          const name = `kept-${asked++}`
          if (asked % 2 === 0) {
            const { status } = await whole.api('POST', '/api/groups', { name, parent: whole.group })
            if (status === 201) acknowledged.groups.add(name)
          } else {
            const { status, body } = await whole.api('POST', `${mailOf(whole)}/test`, { to: [`${name}@corp.test`] })
            if (status === 201) acknowledged.mails.add(body.id as string)
          }
        }
      }
      const writing = Array.from({ length: writers }, write)
      await pause(300 + random.next() * 1500)
      // Nothing more reaches the disk from here on, and what is written meanwhile was acknowledged before it was looked at.
      await whole.console.kill()
      isOver = true
      await Promise.all(writing)
      disk?.cut()
      whole.disconnect()
      whole.console.start()
      const isUp = async () => (await whole.api('GET', '/api/groups')).status === 200
      await whole.until(isUp, 30_000, `the console is up after cut ${cut + 1}`)
      const there = { groups: await namesOf(whole), mails: await mailsOf(whole) }
      for (const kind of ['groups', 'mails'] as const) {
        const missing = [...acknowledged[kind]].filter((one) => !there[kind].has(one))
        trial.must(
          missing.length === 0,
          `${missing.length} of ${acknowledged[kind].size} acknowledged ${kind} are gone`,
        )
      }
      const changes = acknowledged.groups.size + acknowledged.mails.size
      const { body } = await whole.api('GET', '/api/audit/verify')
      trial.must(body.ok === true, `the audit chain: ${JSON.stringify(body)}`)
      trial.must(body.rows >= changes, `${body.rows} audit rows for ${changes} changes`)
    }
    trial.tell('power cuts', cuts)
    trial.tell('groups acknowledged, all there', acknowledged.groups.size)
    trial.tell('mails acknowledged, all there', acknowledged.mails.size)
    const changes = acknowledged.groups.size + acknowledged.mails.size
    trial.tell('asked for and never answered', asked - changes)
    for (const { size } of [acknowledged.groups, acknowledged.mails]) {
      trial.must(size > cuts * (writers / 2), 'too few were acknowledged to say anything')
    }
  } finally {
    await whole.console.stop()
    disk?.remove()
    await whole.close()
  }
}

const mailOf = (whole: Installation) => `/api/groups/${whole.group}/mail`

/** Towards a server nobody reaches, by connectors that are not there: whatever is taken waits. */
async function turnMailOn(whole: Installation): Promise<void> {
  const settings = { servers: [{ host: 'mail.corp.test', port: 25 }], from: 'gate@corp.test' }
  const { status, body } = await whole.api('PUT', `/api/groups/${whole.group}/services/mail`, { settings })
  if (status >= 300) throw new Error(`mail was not turned on: ${JSON.stringify(body)}`)
}

async function mailsOf(whole: Installation): Promise<ReadonlySet<string>> {
  const found = new Set<string>()
  let cursor: string | undefined
  do {
    const after: string = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
    const { body } = await whole.api('GET', `${mailOf(whole)}/messages?limit=100${after}`)
    for (const { id } of body.messages as readonly { id: string }[]) found.add(id)
    cursor = body.nextCursor as string | undefined
  } while (cursor !== undefined)
  return found
}

async function namesOf(whole: Installation): Promise<ReadonlySet<string>> {
  const { body } = await whole.api('GET', '/api/groups')
  return new Set((body.groups as readonly { name: string }[]).map(({ name }) => name))
}

async function readOnly(trial: Trial): Promise<void> {
  const rig = await Rig.open({ connectors: ['two'] })
  const disk = LossyDisk.make(join(rig.home, 'one'), 32)
  const works = async (note: string) => {
    for (let at = 0; at < 5; at++) trial.must((await rig.search('one')) === 'ok', `${note}: look-ups go on`)
    for (let at = 0; at < 3; at++) trial.must((await rig.signIn()) === 'ok', `${note}: sign-ins go on`)
  }
  try {
    await rig.joinWithDirectory('one')
    await rig.until(async () => (await rig.search('one')) === 'ok', 30_000, 'one works')
    await works('before')
    disk.turnReadOnly()
    await works('read-only')
    await pause(3000)
    await works('read-only for a while')
    trial.must(rig.connector('one').isRunning, 'the connector ended on a read-only disk')
    // No mount can be made writable again after an error; that takes a check of the disk, and so an end of who uses it.
    await rig.connector('one').stop()
    disk.repair()
    rig.connector('one').start()
    trial.tell('repaired and started: live after', (await rig.untilLive('one')) / 1000, 's')
    await recheck(rig, trial)
  } finally {
    await rig.connectors.get('one')?.stop()
    disk.remove()
    await rig.close()
  }
}
