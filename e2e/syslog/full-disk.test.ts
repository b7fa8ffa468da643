/**
 * T23: the console's disk is full, to the last byte, while events and mails are on their way; then there is room again.
 *
 * Console, relay and connector are processes, the disk is a file system of its own, rsyslog and Postfix are real.
 * Nothing is started anew: what was acknowledged goes out, what could not be written was refused by name. While the disk
 * is full nothing is handed to a connector that changes something, because nobody could write down that it was.
 *
 * @module
 */
import { Installation, pause } from '@sallygate/testkit/installation'
import { missingProgram } from '@sallygate/testkit/peers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { MailServer } from '../../interop/mail/mail-server.ts'
import { startPostfix } from '../../interop/mail/postfix.ts'
import { RealCollector } from '../../interop/syslog/collector.ts'
import { rsyslog } from '../../interop/syslog/rsyslog.ts'
import { certainWays, streamOf } from '../../interop/syslog/ways.ts'
import { missingForSmallDisk, SmallDisk } from '@sallygate/testkit/small-disk'

const missing =
  rsyslog.missing ??
  missingProgram('postfix', 'Debian package postfix') ??
  missingProgram('dovecot', 'Debian package dovecot-core') ??
  missingForSmallDisk()
if (missing !== undefined) console.log(`skipped: syslog and mail on a full disk, ${missing}`)

describe.skipIf(missing !== undefined)('a console whose disk is full', () => {
  let collector: RealCollector
  let postfix: MailServer
  let disk: SmallDisk
  let whole: Installation
  beforeAll(async () => {
    collector = await RealCollector.start(rsyslog)
    postfix = await startPostfix()
    whole = await Installation.open({ prepareConsole: (home) => (disk = new SmallDisk(home, 40)) })
    const { tcp, lines, tls } = collector.ports
    const syslog = [...new Set([tcp, lines, tls])].map((port) => `syslog=127.0.0.1:${port}`)
    await whole.join('one', [...syslog, `mail=127.0.0.1:${postfix.openPort}`])
    await whole.api('PUT', at('services/syslog'), { settings: {} })
    const servers = [{ host: '127.0.0.1', port: postfix.openPort }]
    const mail = { settings: { servers, encryption: 'none', from: 'sallygate@lab.test' } }
    expect((await whole.api('PUT', at('services/mail'), mail)).status).toBe(200)
  }, 120_000)
  afterAll(async () => {
    await whole?.console?.stop()
    disk?.remove()
    await whole?.close()
    await postfix?.stop()
    await collector?.remove()
  }, 60_000)

  const at = (path: string) => `/api/groups/${whole.group}/${path}`
  let asked = 0
  const kept = { groups: [] as string[], mails: [] as string[] }
  const change = async () => {
    const { status, body } = await whole.api('POST', '/api/groups', { name: `kept-${asked++}`, parent: whole.group })
    if (status === 201) kept.groups.push(body.id as string)
    return { status, code: body?.code as string | undefined }
  }
  const mail = async () => {
    const { status, body } = await whole.api('POST', at('mail/test'), { to: ['ada@lab.test'] })
    if (status === 201) kept.mails.push(body.messageId as string)
    return { status, code: body?.code as string | undefined }
  }
  const targets = async () =>
    (await whole.api('GET', at('syslog/status'))).body.targets as readonly {
      readonly status: {
        readonly state: string
        readonly sequence: number
        readonly waiting: number
        readonly dropped: number
        readonly failure?: { readonly code: string }
      }
    }[]
  const received = (messageId: string) => postfix.delivered().filter((one) => one.messageId === messageId).length

  test('refuses by name, answers what it can read at once, and sends all it had acknowledged once there is room', async () => {
    const ways = certainWays(collector)
    for (const { body } of ways) expect((await whole.api('POST', at('syslog/targets'), body)).status).toBe(201)
    await collector.stop()
    for (let count = 0; count < 20; count++) await change()
    await whole.until(async () => (await targets()).every(({ status }) => status.waiting >= 20), 30_000, 'events wait')

    // Some are being sent, and others wait, when there is no room to write down how they went.
    for (let count = 0; count < 5; count++) expect((await mail()).status).toBe(201)
    disk.fill()
    const full = async () => {
      // A page that was free in the database's own files lets one more through.
      disk.fill()
      return (await change()).code === 'STORE_DISK_FULL'
    }
    await whole.until(full, 60_000, 'the disk is full for the database too')
    const began = performance.now()
    const refused = await mail()
    const read = await whole.api('GET', '/api/groups')
    const tookMs = performance.now() - began
    // What happens meanwhile: somebody guesses a password, the collector is back and takes what waits.
    const guess = await whole.api('POST', '/api/session', { user: 'admin', password: 'guess' })
    await collector.start()
    const isNamed = async () => (await targets()).every(({ status }) => status.failure?.code === 'STORE_DISK_FULL')
    await whole.until(isNamed, 60_000, 'the targets say why they wait')
    // The console looks every two seconds whether it can write; a disk that is full for less is no event.
    await pause(5000)
    const stillRefused = await mail()

    disk.makeRoom()
    await whole.until(async () => (await mail()).status === 201, 30_000, 'a mail is taken again')
    await whole.until(async () => (await change()).status === 201, 30_000, 'a change is taken again')
    // Events wait nowhere before they are told.
    const isTold = () => {
      const all = collector.recorded()
      return ways.every(({ of }) => of(all).some(({ msgid }) => msgid === 'SG-5007'))
    }
    await whole.until(isTold, 60_000, 'the collector has heard that the store can be written')
    const idle = async () => (await targets()).every(({ status }) => status.state === 'idle' && status.waiting === 0)
    await whole.until(idle, 90_000, 'the collector has read everything')
    await whole.until(() => kept.mails.every((one) => received(one) > 0), 60_000, 'all mails have arrived')

    expect([refused, stillRefused].map(({ status, code }) => [status, code])).toEqual([
      [507, 'STORE_DISK_FULL'],
      [507, 'STORE_DISK_FULL'],
    ])
    expect([read.status, guess.status]).toEqual([200, 401])
    expect(tookMs).toBeLessThan(5000)
    expect(Math.max(...kept.mails.map(received))).toBeLessThanOrEqual(2)
    const recorded = collector.recorded()
    const after = await targets()
    for (const [index, { name, of }] of ways.entries()) {
      const own = of(recorded)
      const { sequences, keys } = streamOf(own)
      const { sequence = 0, dropped } = after[index]?.status ?? {}
      expect([name, dropped, sequences]).toEqual([name, 0, Array.from({ length: sequence }, (_, number) => number + 1)])
      expect(new Set(keys).size).toBe(sequence)
      const abouts = new Set(own.map(({ sd }) => sd['event@32473']?.['about'] ?? ''))
      expect(kept.groups.filter((id) => !abouts.has(`groups.post groups/${id}`))).toEqual([])
      // Told once there was room: that the store could not be written, and that it can be.
      expect(own.map(({ msgid }) => msgid)).toEqual(expect.arrayContaining(['SG-3001', 'SG-5006', 'SG-5007']))
    }
    console.log(`figure changes acknowledged, all at the collector: ${kept.groups.length}`)
    console.log(`figure mails acknowledged, all received: ${kept.mails.length}`)
  }, 300_000)
})
