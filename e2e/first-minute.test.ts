/**
 * The newcomer's path, and what the boundaries look like from outside while it runs.
 */
import { randomBytes } from 'node:crypto'
import { readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { isInMemory, spellings } from './memory.ts'
import { establishedSockets, listeningSockets } from './sockets.ts'
import { discard, freePortBase, isAlive, run, startSystem, temporaryHome, until, type System } from './system.ts'

interface CallAnswer {
  readonly result: {
    readonly entries: readonly { readonly dn: string; readonly fields: Readonly<Record<string, readonly string[]>> }[]
  }
  readonly connector: { readonly id: string }
  readonly spans: readonly { readonly name: string }[]
}

const isLinux = process.platform === 'linux'
if (!isLinux) console.log('skipped: sockets and memory are read from /proc, which only Linux has')

describe.skipIf(!isLinux)('a first start', { timeout: 120_000 }, () => {
  let system: System
  let home: string

  beforeAll(async () => {
    home = temporaryHome()
    system = await startSystem({ home, portBase: await freePortBase() })
    console.log(`first start, sample office included: ${system.startedMs.toFixed(0)} ms to ready.json`)
  }, 120_000)
  afterAll(() => discard(system, home), 30_000)

  const pidOf = (part: string) => system.ready.pids[part] ?? 0
  const search = (text: string) =>
    system.api<CallAnswer>('POST', `/api/groups/${system.ready.groupId}/call`, {
      operation: 'directory.search',
      parameters: { kind: 'users', match: { field: 'displayName', contains: text }, limit: 10 },
    })

  test('says where everything is, in ready.json and on the terminal', () => {
    const { ready } = system

    expect(ready).toMatchObject({
      adminUser: 'admin',
      credentialFile: join(home, 'credentials.json'),
      sampleOffice: { simulated: true },
    })
    expect(Object.keys(ready.pids).toSorted()).toEqual([
      'connector',
      'console',
      'nac',
      'relay',
      'sample-office',
      'supervisor',
    ])
    for (const pid of Object.values(ready.pids)) expect(isAlive(pid)).toBe(true)
    expect(statSync(ready.credentialFile).mode & 0o077).toBe(0)
  })

  test('a real look-up crosses the gate and leaves a span for every hop', async () => {
    const { status, body } = await search('a')

    expect(status).toBe(200)
    expect(body.result.entries.length).toBeGreaterThan(0)
    expect(body.connector.id).toBe(system.ready.connectorId)
    expect(body.spans.length).toBeGreaterThan(1)
  })

  test('the command finds people, checks the service, and lists the connector', () => {
    const found = system.sallygate('search', 'a')
    const checked = system.sallygate('service', 'check', 'directory')
    const listed = system.sallygate('connector', 'list', '--json')

    expect(found).toMatchObject({ code: 0, stderr: '' })
    expect(found.stdout).toMatch(/from .*127\.0\.0\.1:\d+ through/)
    expect(checked.code, checked.stdout + checked.stderr).toBe(0)
    expect(JSON.parse(listed.stdout)).toMatchObject([{ id: system.ready.connectorId }])
  })

  test('the connector’s host can check everything by itself', () => {
    const checked = run('connector', 'check', '--home', join(home, 'connector'), '--json')

    expect(checked.code, checked.stdout + checked.stderr).toBe(0)
    expect((JSON.parse(checked.stdout) as readonly unknown[]).length).toBeGreaterThan(5)
  })

  test('every failure has words, a fix and an exit code', () => {
    const unknown = system.sallygate('call', 'directory.explode')
    const usage = run('frobnicate')

    expect(unknown.code).toBe(1)
    expect(unknown.stderr).toMatch(/docs\/errors\.md/)
    expect(usage.code).toBe(64)
  })

  test('nac answers its health over TLS', async () => {
    const pem = readFileSync(join(home, 'connector/relay-ca.pem'), 'utf8')
    const { get } = await import('node:https')
    const status = await new Promise((resolve, reject) => {
      get(`${system.ready.nacUrl}/health`, { ca: pem }, (response) => resolve(response.statusCode)).on('error', reject)
    })

    expect(status).toBe(200)
  })

  test('Cisco ISE, played by the probe, finds the simulated machines and why one may not join', async () => {
    const areThere = () => {
      const probed = run('ise-probe', '--home', home, '--queries', '0', '--json')
      return probed.code === 0 && (JSON.parse(probed.stdout) as { readonly total?: number }).total === 5
    }
    await until(areThere, 30_000, 'the simulated machines are in nac')
    const asked = run('ise-probe', '--home', home, '--mac', '00-00-5e-00-53-02', '--queries', '5', '--json')

    expect(asked.code, asked.stdout + asked.stderr).toBe(0)
    expect(JSON.parse(asked.stdout)).toMatchObject({
      nonCompliant: 1,
      devices: [
        { serialNumber: 'SAMPLE-0002', isCompliant: false, failureReason: expect.stringContaining('encrypted') },
      ],
    })
  })

  test('the relay says that it can be reached, and nothing that needs a token', async () => {
    const pem = readFileSync(join(home, 'connector/relay-ca.pem'), 'utf8')
    const { get } = await import('node:https')
    const ask = (path: string) =>
      new Promise<number | undefined>((resolve, reject) => {
        get(new URL(path, system.ready.relayUrl), { ca: pem }, (response) => {
          response.resume()
          resolve(response.statusCode)
        }).on('error', reject)
      })

    expect(await ask('/awcm/status')).toBe(200)
    expect(await ask('/status')).toBe(200)
    expect(await ask('/metrics')).not.toBe(200)
    expect(await ask('/statistics')).not.toBe(200)
  })

  test('the connector listens on nothing of any family after all of this, and is connected', async () => {
    await search('a')

    expect(listeningSockets(pidOf('connector'))).toEqual([])
    expect(establishedSockets(pidOf('connector'))).toBeGreaterThan(0)
    // The same look finds the relay's socket, so it would have found the connector's.
    expect(listeningSockets(pidOf('relay')).length).toBeGreaterThan(0)
  })

  test('T44: a marker planted in a request is not in the relay’s memory, logs, metrics or files', async () => {
    const marker = `marker-${randomBytes(12).toString('hex')}`
    const needles = spellings(marker)

    for (let round = 0; round < 5; round++) await search(marker)

    expect(isInMemory(pidOf('relay'), needles)).toBe(false)
    // The ends knew it: the look is one that can find something.
    expect(isInMemory(pidOf('connector'), needles) || isInMemory(pidOf('console'), needles)).toBe(true)
    for (const file of [...filesBelow(join(home, 'relay')), join(home, 'logs/relay.log')]) {
      const content = readFileSync(file)
      for (const needle of needles) expect(content.includes(needle), file).toBe(false)
    }
    const token = readFileSync(join(home, 'relay/statistics.token'), 'utf8').trim()
    const metrics = await relayPage(system, home, '/metrics', token)
    expect(metrics).toContain('# HELP')
    expect(metrics).not.toContain(marker)
  })

  test('no secret is in any log, command line or environment', () => {
    const { adminPassword, apiKey } = JSON.parse(readFileSync(system.ready.credentialFile, 'utf8')) as {
      adminPassword: string
      apiKey: string
    }
    const office = JSON.parse(readFileSync(join(home, 'sample-office/status.json'), 'utf8')) as {
      facts: { bindPassword: string }
    }
    const secrets = [adminPassword, apiKey, office.facts.bindPassword]
    const logs = readdirSync(join(home, 'logs')).map((name) => readFileSync(join(home, 'logs', name), 'utf8'))
    const processes = Object.values(system.ready.pids).flatMap((pid) =>
      ['cmdline', 'environ'].map((name) => readFileSync(`/proc/${pid}/${name}`, 'utf8')),
    )

    for (const secret of secrets) {
      expect(secret.length).toBeGreaterThan(5)
      for (const text of [...logs, ...processes, system.output()]) expect(text.includes(secret)).toBe(false)
    }
  })

  test('a part that is killed comes back by itself, and the gate with it', async () => {
    const before = pidOf('connector')

    process.kill(before, 'SIGKILL')

    const backMs = await until(
      async () => (await search('a')).status === 200,
      20_000,
      'a look-up after the connector was killed',
    )
    console.log(`connector killed with -9: a look-up works again after ${backMs.toFixed(0)} ms`)
    process.kill(pidOf('relay'), 'SIGKILL')
    const relayBackMs = await until(
      async () => (await search('a')).status === 200,
      30_000,
      'a look-up after the relay was killed',
    )
    console.log(`relay killed with -9: a look-up works again after ${relayBackMs.toFixed(0)} ms`)
  })

  test('revoking the connector shuts it out within ten seconds, and it cannot come back', async () => {
    const id = system.ready.connectorId
    const begunMs = performance.now()

    const revoked = await system.api('POST', `/api/groups/${system.ready.groupId}/connectors/${id}/revoke`)

    expect(revoked.status).toBe(200)
    await until(async () => (await search('a')).status !== 200, 10_000, 'look-ups to be refused')
    await until(
      async () => {
        const token = readFileSync(join(home, 'relay/statistics.token'), 'utf8').trim()
        return (
          /"connector[s]?":\s*0\b/.test(await relayPage(system, home, '/statistics', token)) ||
          establishedToRelay(system) === 0
        )
      },
      10_000 - (performance.now() - begunMs),
      'the relay to cut the session',
    )
    console.log(`revoked: shut out after ${(performance.now() - begunMs).toFixed(0)} ms`)
    expect((await search('a')).status).toBe(503)
  })

  test('Ctrl-C stops all of it within five seconds and leaves nothing behind', async () => {
    const pids = Object.values(system.ready.pids)
    writeFileSync(join(home, 'before'), '')

    const tookMs = await system.interrupt()

    rmSync(join(home, 'before'))
    console.log(`Ctrl-C: all stopped after ${tookMs.toFixed(0)} ms`)
    expect(tookMs).toBeLessThan(5_000)
    expect(pids.filter(isAlive)).toEqual([])
    expect(readdirSync(home)).not.toContain('ready.json')
    expect(readdirSync(home)).not.toContain('supervisor.pid')
  })
})

function establishedToRelay(system: System): number {
  const pid = system.ready.pids['connector'] ?? 0
  return isAlive(pid) ? establishedSockets(pid) : 0
}

function filesBelow(directory: string): readonly string[] {
  return readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
}

async function relayPage(system: System, home: string, path: string, token: string): Promise<string> {
  const ca = readFileSync(join(home, 'connector/relay-ca.pem'), 'utf8')
  const { get } = await import('node:https')
  return new Promise((resolve, reject) => {
    get(new URL(path, system.ready.relayUrl), { ca, headers: { authorization: `Bearer ${token}` } }, (response) => {
      const chunks: Buffer[] = []
      response.on('data', (chunk: Buffer) => chunks.push(chunk))
      response.on('end', () => resolve(Buffer.concat(chunks).toString('utf8')))
    }).on('error', reject)
  })
}
