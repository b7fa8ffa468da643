import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { directoryService } from '@sallygate/service-directory/agent'
import { mailService } from '@sallygate/service-mail/agent'
import { eventOf, Sender, startService } from '../../../services/syslog/src/agent/testing/sender.ts'
import { ServiceLife } from '@sallygate/service-kit'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { readAgentRequest } from '@sallygate/protocol-fusion-inventory'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import {
  baseDn,
  everybodysPassword,
  groups,
  inventoryOf,
  mailAccount,
  people,
  reader,
  sampleDevices,
  startSampleOffice,
  type SampleOffice,
} from './index.ts'
import { startInventorySender } from './inventory-sender.ts'

const home = mkdtempSync(join(tmpdir(), 'sample-office-'))
const life = new ServiceLife(directoryService, testServiceHost({ addresses: { localhost: '127.0.0.1' } }))
let office: SampleOffice
let trust = ''

beforeAll(async () => {
  const authority = await makeTlsAuthority()
  const { cert, key } = await authority.issue(['localhost'])
  trust = authority.certificate
  writeFileSync(join(home, 'tls.pem'), cert)
  writeFileSync(join(home, 'tls.key'), key, { mode: 0o600 })
  const settings = {
    home,
    port: 0,
    mailPort: 0,
    syslogPort: 0,
    inboxPort: 0,
    tlsCertificateFile: join(home, 'tls.pem'),
    tlsPrivateKeyFile: join(home, 'tls.key'),
    inventoryUrl: undefined,
    inventorySecretFile: undefined,
  }
  office = await startSampleOffice(settings, { log: silentLog, since: systemClock.now() })
  await life.configure({
    type: 'generic',
    servers: [{ host: 'localhost', port: office.port }],
    trust: authority.certificate,
    bindDn: reader.dn,
    bindPassword: reader.password,
    baseDn,
  })
})
afterAll(async () => {
  await life.stop()
  await office.stop()
  rmSync(home, { recursive: true })
})

const search = async (params: object) =>
  (await life.run('search', params, testContext())) as {
    entries: { dn: string; id: string; fields: Record<string, string[]> }[]
  }
const signIn = (user: string, password: string) => life.run('authenticate', { user, password }, testContext())

test('the status file says where it is and that it is simulated', () => {
  const status = JSON.parse(readFileSync(join(home, 'status.json'), 'utf8')) as { facts: Record<string, unknown> }

  expect(status).toMatchObject({ part: 'sample-office', state: 'up' })
  expect(status.facts).toMatchObject({ simulated: true, port: office.port, baseDn, bindDn: reader.dn })
})

test('everybody and every group is found, each with an id of its own', async () => {
  const found = [...(await search({ kind: 'users' })).entries, ...(await search({ kind: 'groups' })).entries]

  expect(found.length).toBe(people.length + groups.length)
  expect(new Set(found.map(({ id }) => id)).size).toBe(found.length)
})

test('a person is found by any part of the name', async () => {
  const { entries } = await search({ kind: 'users', match: { field: 'displayName', contains: 'ada' } })

  expect(entries.map(({ fields }) => fields['displayName']?.[0])).toEqual(['Ada Okafor'])
  expect(entries[0]?.fields['memberOf']?.length).toBe(2)
})

describe('signing in', () => {
  test('works for everybody without a mark, with the documented password', async () => {
    for (const { uid, refusal } of people) {
      expect(await signIn(uid, everybodysPassword), uid).toMatchObject({
        outcome: refusal === undefined ? 'accepted' : 'refused',
      })
    }
  })

  test('says why not, for the others', async () => {
    expect(await signIn('jakub.zelenka', everybodysPassword)).toMatchObject({ reason: 'lockedOut' })
    expect(await signIn('kirsi.maenpaeae', everybodysPassword)).toMatchObject({ reason: 'mustChangePassword' })
    expect(await signIn('luc.st-pierre', everybodysPassword)).toMatchObject({ reason: 'passwordExpired' })
    expect(await signIn('ada.okafor', 'guess')).toMatchObject({ reason: 'wrongPassword' })
  })
})

test('a port that is taken is named', async () => {
  const settings = {
    home,
    port: office.port,
    mailPort: 0,
    syslogPort: 0,
    inboxPort: 0,
    tlsCertificateFile: join(home, 'tls.pem'),
    tlsPrivateKeyFile: join(home, 'tls.key'),
    inventoryUrl: undefined,
    inventorySecretFile: undefined,
  }

  await expect(startSampleOffice(settings, { log: silentLog, since: systemClock.now() })).rejects.toMatchObject({
    code: 'LISTEN_PORT_TAKEN',
  })
})

describe('the simulated mail server', () => {
  const message = {
    messageId: '1@x.test',
    date: '2026-11-22T10:00:00.000Z',
    to: ['ada@x.test'],
    recipients: ['ada@x.test'],
    subject: 'Grüße 🎉',
    text: 'Hello\n',
    html: '<p>Hello</p>',
  }
  const send = async (password: string) => {
    const mail = new ServiceLife(mailService, testServiceHost({ addresses: { localhost: '127.0.0.1' } }))
    await mail.configure({
      servers: [{ host: 'localhost', port: office.mailPort }],
      trust,
      authentication: 'plain',
      user: mailAccount.user,
      password,
      from: 'sallygate@x.test',
    })
    try {
      return await mail.run('send', message, testContext())
    } finally {
      await mail.stop()
    }
  }
  const shown = async (path: string, headers: Record<string, string> = {}) =>
    fetch(`http://127.0.0.1:${office.inboxPort}${path}`, { headers })

  test('takes a message over STARTTLS from its one account, and shows it', async () => {
    await expect(send('wrong')).rejects.toMatchObject({ code: 'MAIL_AUTH_REFUSED' })
    expect(await send(mailAccount.password)).toMatchObject({ protocol: 'TLSv1.3', recipients: [{ outcome: 'sent' }] })

    const { simulated, items } = (await (await shown('/mails')).json()) as { simulated: boolean; items: unknown[] }

    expect(simulated).toBe(true)
    expect(items).toEqual([
      expect.objectContaining({
        number: 1,
        from: 'sallygate@x.test',
        to: ['ada@x.test'],
        subject: 'Grüße 🎉',
        text: expect.stringMatching(/^Hello\s*$/),
        messageId: '<1@x.test>',
        isEncrypted: true,
      }),
    ])
  })

  test('shows what came in to a program on this machine, and to no page in a browser', async () => {
    expect((await shown('/syslog')).status).toBe(200)
    expect((await shown('/mails', { origin: 'https://evil.test' })).status).toBe(403)
    expect((await shown('/other')).status).toBe(404)
    expect((await fetch(`http://127.0.0.1:${office.inboxPort}/mails`, { method: 'DELETE' })).status).toBe(404)
  })
})

describe('the simulated machines', () => {
  test.each(sampleDevices)('$name is told of as an agent tells of its own, and labelled', async (device) => {
    const body = { packing: 'none', bytes: Buffer.from(inventoryOf(device)) } as const

    const request = readAgentRequest(body)

    expect(request).toMatchObject({
      kind: 'inventory',
      inventory: {
        serial: device.serial,
        hostName: device.name,
        macs: device.macs,
        manufacturer: expect.stringContaining('simulated'),
      },
    })
  })

  test('are sent with the secret as soon as it is there, and again until they are heard', async () => {
    const heard: string[] = []
    let isBusy = true
    const server = createServer((request, response) => {
      heard.push(request.headers.authorization ?? '')
      request.resume()
      response.writeHead(isBusy ? 503 : 200).end()
      isBusy = heard.length < 2
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const secretFile = join(home, 'inventory-secret')
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/inventory`
    const sender = startInventorySender({ url, secretFile, clock: systemClock, log: silentLog })
    try {
      writeFileSync(secretFile, 'sga_secret\n', { mode: 0o600 })
      await expect.poll(() => heard.length, { timeout: 20_000 }).toBeGreaterThanOrEqual(2 + sampleDevices.length)
      expect(new Set(heard)).toEqual(new Set([`Basic ${Buffer.from('inventory:sga_secret').toString('base64')}`]))
    } finally {
      sender.cancel()
      server.close()
    }
  }, 60_000)
})

describe('the simulated syslog collector', () => {
  const shown = async () => {
    const answer = await fetch(`http://127.0.0.1:${office.inboxPort}/syslog`)
    return ((await answer.json()) as { items: readonly Record<string, unknown>[] }).items
  }

  test('reads datagrams, TCP and TLS on one port, ends what we end, and shows what it read', async () => {
    const syslog = await startService({}, { addresses: { localhost: '127.0.0.1' } })
    const { syslogPort: port } = office
    const target = { host: 'localhost', port }
    for (const [number, more] of [{ transport: 'udp' }, { transport: 'tcp' }, { transport: 'tls', trust }].entries())
      await new Sender(syslog, { ...target, ...(more as { transport: 'udp' }) }).deliver([eventOf(number + 1)])
    await new Sender(syslog, { ...target, transport: 'tcp', format: 'cef', framing: 'lineFeed' }).deliver([eventOf(4)])
    await syslog.stop()

    await expect.poll(async () => (await shown()).length).toBe(4)
    expect((await shown()).map(({ transport, id, sequence, key }) => [transport, id, sequence, key])).toEqual([
      ['tcp', undefined, undefined, undefined],
      ['tls', 'SG-1002', 3, 'event-3'],
      ['tcp', 'SG-1002', 2, 'event-2'],
      ['udp', 'SG-1002', 1, 'event-1'],
    ])
    expect((await shown())[0]?.['line']).toContain('CEF:0|Sallygate|')
  })

  test('what is no frame ends its connection and nothing else', async () => {
    const { connect } = await import('node:net')
    const before = (await shown()).length
    const socket = connect(office.syslogPort, '127.0.0.1')
    socket.write('99999999999 no frame')
    await new Promise<void>((resolve) => socket.on('error', () => {}).on('close', () => resolve()))

    expect((await shown()).length).toBe(before)
  })
})
