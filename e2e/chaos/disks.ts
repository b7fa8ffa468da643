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
    says: 'The power of the console fails under ten writers, again and again: its disk keeps only what it was asked to keep.',
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
  const acknowledged = new Set<string>()
  let asked = 0
  try {
    const cuts = trial.isShort ? 2 : 8
    for (let cut = 0; cut < cuts; cut++) {
      let isOver = false
      const write = async () => {
        while (!isOver) {
          const name = `kept-${asked++}`
          const { status } = await whole.api('POST', '/api/groups', { name, parent: whole.group })
          if (status === 201) acknowledged.add(name)
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
      const there = await namesOf(whole)
      const missing = [...acknowledged].filter((name) => !there.has(name))
      trial.must(missing.length === 0, `${missing.length} of ${acknowledged.size} acknowledged are gone: ${missing[0]}`)
      const { body } = await whole.api('GET', '/api/audit/verify')
      trial.must(body.ok === true, `the audit chain: ${JSON.stringify(body)}`)
      trial.must(body.rows >= acknowledged.size, `${body.rows} audit rows for ${acknowledged.size} changes`)
    }
    trial.tell('power cuts', cuts)
    trial.tell('changes acknowledged, all there', acknowledged.size)
    trial.tell('asked for and never answered', asked - acknowledged.size)
    trial.must(acknowledged.size > cuts * writers, 'too few changes to say anything')
  } finally {
    await whole.console.stop()
    disk?.remove()
    await whole.close()
  }
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
