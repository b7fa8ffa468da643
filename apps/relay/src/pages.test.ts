import { request as plainRequest } from 'node:http'
import { writeFileSync } from 'node:fs'
import { connect as tlsConnect } from 'node:tls'
import { describe, expect, test } from 'vitest'
import { FakeClock } from '@sallygate/testkit'
import type { Log } from '@sallygate/base/log'
import { silentLog } from '@sallygate/base/log'
import { WebSocket } from 'ws'
import { cargoDropReasons, endReasons, turnedAwayReasons } from './counters.ts'
import { get, withToken } from './testing/pages-client.ts'
import { person } from './testing/trial-peer.ts'
import { Trial, trialToken } from './testing/trial.ts'

describe('status', () => {
  test('is for everybody, as text for people and as JSON for programs, and names nobody (PROTOCOL M-H25)', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    await trial.admit(await trial.attachConsole(), connector)
    await trial.attach(connector)

    const texts = [await get(trial, '/status'), await get(trial, '/awcm/status')]
    const json = await get(trial, '/awcm/status', { headers: { accept: 'application/json' } })

    for (const { status, body } of texts) {
      expect(status).toBe(200)
      expect(body).toMatch(/^ok\nsallygate-relay \d+\.\d+\.\d+\ncertificate days left: \d+\n$/)
    }
    expect(JSON.parse(json.body)).toEqual({ status: 'ok', version: '0.1.0', certificateDaysLeft: 29 })
  })

  test('anything else is one uniform 404, whatever is asked and however (PROTOCOL M-H25)', async () => {
    await using trial = await Trial.start()
    const wrong = { headers: { authorization: 'Bearer wrong-token-0123456789' } }

    const answers = await Promise.all([
      get(trial, '/'),
      get(trial, '/admin'),
      get(trial, '/status/'),
      get(trial, '/..%2fstatus'),
      get(trial, '/status', { method: 'POST' }),
      get(trial, '/statistics'),
      get(trial, '/metrics'),
      get(trial, '/metrics', wrong),
      get(trial, '/awcm/statistics', { headers: { authorization: `Basic ${trialToken}` } }),
      get(trial, '/hop', { headers: { connection: 'upgrade', upgrade: 'h2c' } }),
      get(trial, '/elsewhere', { headers: { connection: 'upgrade', upgrade: 'websocket' } }),
    ])

    expect(new Set(answers.map(({ status, body }) => `${status} ${body}`))).toEqual(new Set(['404 not found\n']))
  })
})

describe('statistics and metrics', () => {
  test('are there with the token (PROTOCOL M-H25)', async () => {
    await using trial = await Trial.start()
    await trial.attachConsole()

    const statistics = await get(trial, '/awcm/statistics', withToken)
    const metrics = await get(trial, '/metrics', withToken)

    expect(JSON.parse(statistics.body)).toMatchObject({ status: 'ok', consoles: 1, connectors: 0, attached: 1 })
    expect(metrics.body).toContain('sallygate_relay_consoles 1\n')
    expect(metrics.body).toContain('sallygate_relay_certificate_days_left 29\n')
  })

  test('show every reason from the start and no peer ever', async () => {
    await using trial = await Trial.start()
    const connector = person('connector')
    await trial.admit(await trial.attachConsole(), connector)
    await trial.attach(connector)

    const { body } = await get(trial, '/metrics', withToken)
    const statistics = await get(trial, '/statistics', withToken)

    for (const reason of cargoDropReasons) {
      expect(body).toContain(`sallygate_relay_cargo_dropped_total{reason="${reason}"} 0`)
    }
    for (const reason of endReasons) expect(body).toContain(`sallygate_relay_ended_total{reason="${reason}"} 0`)
    for (const reason of turnedAwayReasons) expect(body).toContain(`turned_away_total{reason="${reason}"} 0`)
    for (const page of [body, statistics.body]) {
      expect(page).not.toContain(connector.identity.instance)
      expect(page).not.toContain(connector.identity.group)
      expect(page).not.toContain(trial.relayId)
    }
  })

  test('do not exist without a token file, and a short token stops the start', async () => {
    await using trial = await Trial.start()
    writeFileSync(trial.file('short'), 'short\n', { mode: 0o600 })

    await expect(trial.startRelay({ settings: { tokenFile: trial.file('short') } })).rejects.toMatchObject({
      code: 'RELAY_BAD_TOKEN',
    })
    await trial.startRelay({ settings: { tokenFile: undefined } })
    expect((await get(trial, '/metrics', withToken)).status).toBe(404)
  })
})

describe('coming in', () => {
  test('above the rate peers are sent away, each with a time of its own to come back (T14)', async () => {
    const clock = new FakeClock()
    await using trial = await Trial.start({ clock, settings: { attachmentsPerSecond: 5 } })
    const attempt = () =>
      new Promise<string>((resolve) => {
        const socket = new WebSocket(`wss://127.0.0.1:${trial.relay.port}/`, { ca: trial.certificate })
        socket.on('open', () => (socket.terminate(), resolve('open')))
        socket.on('error', () => {})
        socket.on('unexpected-response', (_request, response) => {
          resolve(`${response.statusCode} ${response.headers['retry-after']}`)
          response.destroy()
        })
      })

    const answers = await Promise.all(Array.from({ length: 40 }, attempt))
    const refused = answers.filter((answer) => answer.startsWith('503'))

    expect(answers.filter((answer) => answer === 'open')).toHaveLength(5)
    expect(refused).toHaveLength(35)
    expect(new Set(refused).size).toBeGreaterThan(5)
    await clock.advance(1000)
    expect(await attempt()).toBe('open')
  })

  test('is by HTTP/1.1 and by TLS 1.2 or later only', async () => {
    await using trial = await Trial.start()
    const negotiate = (options: object) =>
      new Promise<string>((resolve) => {
        const socket = tlsConnect({ host: '127.0.0.1', port: trial.relay.port, ca: trial.certificate, ...options })
        socket.once('secureConnect', () => {
          resolve(`${socket.getProtocol()} ${socket.alpnProtocol === false ? 'none' : socket.alpnProtocol}`)
          socket.destroy()
        })
        socket.once('error', () => resolve('refused'))
      })

    expect(await negotiate({ ALPNProtocols: ['h2', 'http/1.1'] })).toBe('TLSv1.3 http/1.1')
    expect(await negotiate({ maxVersion: 'TLSv1.2' })).toBe('TLSv1.2 none')
    const old = { minVersion: 'TLSv1', maxVersion: 'TLSv1.1', ciphers: 'DEFAULT@SECLEVEL=0' }
    expect(await negotiate(old)).toBe('refused')
  })
})

describe('the TLS certificate', () => {
  test('is taken up when its files change; a pair that does not fit changes nothing', async () => {
    const clock = new FakeClock(new Date())
    const lines: string[] = []
    const log: Log = { ...silentLog, warn: (message) => lines.push(message), info: (message) => lines.push(message) }
    await using trial = await Trial.start({ clock, log })
    const serial = () =>
      new Promise<string>((resolve, reject) => {
        const socket = tlsConnect({ host: '127.0.0.1', port: trial.relay.port, rejectUnauthorized: false }, () => {
          resolve(socket.getPeerCertificate().serialNumber)
          socket.destroy()
        })
        socket.once('error', reject)
      })
    const before = await serial()
    const certificate = trial.certificate

    trial.writeCertificate(200)
    const next = trial.certificate
    writeFileSync(trial.file('tls.pem'), certificate)
    await clock.advance(2000)
    const between = await serial()
    writeFileSync(trial.file('tls.pem'), next)
    await clock.advance(2000)

    expect(between).toBe(before)
    expect(lines).toContain('new TLS certificate not used')
    expect(await serial()).not.toBe(before)
    expect(trial.relay.status().certificateDaysLeft).toBe(199)
  })

  test('that has ended is said in days below zero', async () => {
    const clock = new FakeClock(new Date(Date.now() + 40 * 86_400_000))
    await using trial = await Trial.start({ clock })

    expect(trial.relay.status().certificateDaysLeft).toBeLessThan(0)
  })
})

describe('the plain listener', () => {
  test('is off unless asked for', async () => {
    await using trial = await Trial.start()

    expect(trial.relay.internalPort).toBeUndefined()
    expect(trial.relay.status().warning).toBeUndefined()
  })

  test('serves an offloader, and says so in log, status, statistics and metrics', async () => {
    const warnings: string[] = []
    const log: Log = { ...silentLog, warn: (message) => warnings.push(message) }
    await using trial = await Trial.start({ log, settings: { internalPort: 0 } })
    const port = trial.relay.internalPort ?? 0
    const plain = await new Promise<string>((resolve, reject) => {
      plainRequest({ host: '127.0.0.1', port, path: '/awcm/status', agent: false }, (response) => {
        response.on('data', (part: Buffer) => resolve(part.toString()))
      })
        .on('error', reject)
        .end()
    })

    const console = await trial.attach(trial.console, { url: `ws://127.0.0.1:${port}/awcm` })
    const statistics = JSON.parse((await get(trial, '/statistics', withToken)).body) as { readonly warning: string }
    const metrics = (await get(trial, '/metrics', withToken)).body

    await trial.admit(console)
    for (let count = 0; count < 12; count++) {
      await trial.attach(person('guest'), { url: `ws://127.0.0.1:${port}/awcm` })
    }

    expect(await console.next('roster')).toBeDefined()
    expect(warnings).toContain('plain listener on')
    expect(plain).toContain('warning: The plain HTTP listener is on')
    expect(statistics.warning).toContain('plain HTTP listener')
    expect(metrics).toContain('sallygate_relay_plain_listener 1\n')
  })
})

describe('stopping', () => {
  test('fails health first, sends everybody away at different times, and waits for them (PROTOCOL M-H22)', async () => {
    const clock = new FakeClock()
    await using trial = await Trial.start({ clock, settings: { drainMs: '3s' } })
    const members = Array.from({ length: 12 }, () => person('connector'))
    await trial.admit(await trial.attachConsole(), ...members)
    const peers = await Promise.all(members.map((member) => trial.attach(member)))

    const stopped = trial.relay.stop()
    const away = await Promise.all(peers.map((peer) => peer.next('goAway')))
    const health = await get(trial, '/awcm/status')
    const late = trial.open()

    expect(health).toMatchObject({ status: 503 })
    expect(health.body).toMatch(/^draining\n/)
    await expect(late).rejects.toThrow('503')
    expect(away.every(({ reason, afterMs }) => reason === 'stopping' && afterMs < 3000)).toBe(true)
    expect(new Set(away.map(({ afterMs }) => afterMs)).size).toBeGreaterThan(6)
    const open = peers.every(({ socket }) => socket.readyState === WebSocket.OPEN)
    await clock.advance(3200)
    await stopped
    expect(open).toBe(true)
    expect(await Promise.all(peers.map(({ closed }) => closed))).toEqual(members.map(() => 1001))
  })

  test('is over as soon as the last peer has left, and leaves no timer behind', async () => {
    const clock = new FakeClock()
    await using trial = await Trial.start({ clock, settings: { drainMs: '3s' } })
    const console = await trial.attachConsole()

    const stopped = trial.relay.stop()
    await console.next('goAway')
    console.socket.close()
    await stopped

    expect(clock.pending).toBe(0)
    await trial.relay.stop()
  })
})
