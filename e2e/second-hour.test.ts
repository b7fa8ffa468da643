/**
 * The second hour: the restart, the port that is taken, the key file others can read, the file that is not ours, the supervisor that dies.
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import {
  discard,
  freePortBase,
  interrupt,
  isAlive,
  launch,
  launcher,
  run,
  startSystem,
  temporaryHome,
  until,
  type System,
} from './system.ts'

describe('the second hour', { timeout: 120_000 }, () => {
  let home: string
  let portBase: number
  let system: System | undefined

  beforeEach(async () => {
    home = temporaryHome()
    portBase = await freePortBase()
    system = undefined
  })
  afterEach(() => discard(system, home), 30_000)

  /** Starts, expects it not to come up, and hands back what it said. */
  async function failingStart(flags: readonly string[] = []): Promise<{ code: number | null; output: string }> {
    const { child, output } = launch({ home, portBase, flags })
    await until(() => child.exitCode !== null, 60_000, 'the start to give up')
    return { code: child.exitCode, output: output() }
  }

  test('a second start reuses everything: same connector, same certificates, no new enrollment', async () => {
    system = await startSystem({ home, portBase })
    const first = system.ready
    const root = await system.api<{ thumbprints: unknown }>('GET', '/api/certificates/root')
    await system.interrupt()

    system = await startSystem({ home, portBase })

    console.log(`second start: ${system.startedMs.toFixed(0)} ms to ready.json`)
    expect(system.ready.connectorId).toBe(first.connectorId)
    expect(system.ready.groupId).toBe(first.groupId)
    expect((await system.api<{ thumbprints: unknown }>('GET', '/api/certificates/root')).body.thumbprints).toEqual(
      root.body.thumbprints,
    )
    expect(system.sallygate('search', 'a').code).toBe(0)
  })

  test('without the sample office the gate opens all the same', async () => {
    system = await startSystem({ home, portBase, flags: ['--no-sample-office'] })

    expect(system.ready.sampleOffice).toBeUndefined()
    expect(Object.keys(system.ready.pids)).not.toContain('sample-office')
    expect(system.sallygate('search', 'a').stderr).toMatch(/docs\/errors\.md/)
  })

  test('a home that is in use is refused by name', async () => {
    system = await startSystem({ home, portBase, flags: ['--no-sample-office'] })

    const { code, output } = await failingStart()

    expect(code).toBe(1)
    expect(output).toContain('SUPERVISOR_ALREADY_RUNNING')
  })

  test('a port that is taken is named before anything is started', async () => {
    const other = createServer().listen(portBase + 1, '127.0.0.1')
    try {
      const { code, output } = await failingStart()

      expect(code).toBe(1)
      expect(output).toContain('LISTEN_PORT_TAKEN')
      expect(output).toContain(`port: ${portBase + 1}`)
    } finally {
      other.close()
    }
  })

  test('a password file others can read is refused, a good one is used', async () => {
    const passwordFile = join(home, 'given-password')
    writeFileSync(passwordFile, 'correct horse battery staple\n')
    chmodSync(passwordFile, 0o644)
    expect((await failingStart(['--admin-password-file', passwordFile])).output).toContain('FILE_NOT_PRIVATE')

    chmodSync(passwordFile, 0o600)
    system = await startSystem({ home, portBase, flags: ['--no-sample-office', '--admin-password-file', passwordFile] })

    const basic = (password: string) =>
      fetch(`${system?.ready.consoleUrl}/api/status`, {
        headers: { authorization: `Basic ${Buffer.from(`admin:${password}`).toString('base64')}` },
      })
    expect((await basic('correct horse battery staple')).status).toBe(200)
    expect((await basic('wrong')).status).toBe(401)
  })

  test('a master key others can read, a truncated store and a foreign store are each named, and nothing is made anew', async () => {
    system = await startSystem({ home, portBase, flags: ['--no-sample-office'] })
    await system.interrupt()
    const store = join(home, 'console/console.sqlite')
    const content = readFileSync(store)

    const key = join(home, 'console/master.key')
    chmodSync(key, 0o644)
    expect((await failingStart()).output).toContain('FILE_NOT_PRIVATE')
    chmodSync(key, 0o600)

    for (const suffix of ['-wal', '-shm', '-running']) rmSync(store + suffix, { force: true })
    truncateSync(store, Math.floor(content.length / 2))
    expect((await failingStart()).output).toMatch(/STORE_(?:TRUNCATED|CORRUPT)/)

    writeFileSync(store, 'This is a letter to my grandmother, and not a database.\n'.repeat(100))
    expect((await failingStart()).output).toContain('STORE_FOREIGN')
    expect(readFileSync(store, 'utf8')).toContain('grandmother')

    writeFileSync(store, content)
    system = await startSystem({ home, portBase, flags: ['--no-sample-office'] })
    expect(system.ready.connectorId).toBeTruthy()
  })

  test('when the supervisor is killed with -9, every part ends by itself', async () => {
    system = await startSystem({ home, portBase, flags: ['--no-sample-office'] })
    const pids = Object.values(system.ready.pids)

    process.kill(system.ready.pids['supervisor'] ?? 0, 'SIGKILL')

    const goneMs = await until(() => !pids.some(isAlive), 6_000, 'all parts to end')
    console.log(`supervisor killed with -9: every part gone after ${goneMs.toFixed(0)} ms`)
    system = await startSystem({ home, portBase, flags: ['--no-sample-office'] })
    expect(system.ready.connectorId).toBeTruthy()
  })

  test('enrolling by hand: wrong password, reused code, wrong relay name, untrusted certificate are each named', async () => {
    system = await startSystem({ home, portBase, flags: ['--no-sample-office'] })
    const { relayUrl } = system.ready
    const ca = join(home, 'connector/relay-ca.pem')
    const codeFile = join(home, 'code')
    const enroll = (name: string, ...args: readonly string[]) =>
      run('connector', 'enroll', '--home', join(home, name), ...args)
    expect(system.sallygate('connector', 'code', '--out', codeFile).code).toBe(0)

    const untrusted = enroll('b', '--relay', relayUrl, '--code-file', codeFile)
    expect(untrusted.stderr).toContain('DIAL_TLS_UNTRUSTED')
    const wrongName = enroll(
      'b',
      '--relay',
      relayUrl.replace('127.0.0.1', '127.0.0.2'),
      '--relay-ca',
      ca,
      '--code-file',
      codeFile,
    )
    expect(wrongName.stderr).toMatch(/DIAL_(?:TLS_WRONG_NAME|TCP_REFUSED)/)
    expect(enroll('b', '--relay', relayUrl, '--relay-ca', ca, '--code-file', codeFile).code).toBe(0)
    const reused = enroll('c', '--relay', relayUrl, '--relay-ca', ca, '--code-file', codeFile)
    expect(reused.code).toBe(1)
    expect(reused.stderr).toMatch(/CONNECTOR_|CONSOLE_|docs\/errors\.md/)
    chmodSync(codeFile, 0o644)
    expect(enroll('c', '--relay', relayUrl, '--relay-ca', ca, '--code-file', codeFile).stderr).toContain(
      'FILE_NOT_PRIVATE',
    )

    const installer = join(home, 'office.installer')
    const password = join(home, 'certificate-password')
    writeFileSync(password, 'certificate password one\n', { mode: 0o600 })
    expect(system.sallygate('connector', 'installer', '--out', installer, '--password-file', password).code).toBe(0)
    const wrong = join(home, 'wrong-password')
    writeFileSync(wrong, 'certificate password two\n', { mode: 0o600 })
    expect(enroll('d', '--installer', installer, '--password-file', wrong).stderr).toContain('TRUST_WRONG_PASSWORD')
    const good = enroll('d', '--installer', installer, '--password-file', password)
    expect(good.code, good.stderr).toBe(0)
    const listed = system.sallygate('connector', 'list', '--json')
    expect((JSON.parse(listed.stdout) as readonly unknown[]).length).toBe(3)
  })

  test('a reader that has seen enough of what the command prints ends it without a word', () => {
    const { stderr } = spawnSync('sh', ['-c', `"${process.execPath}" "${launcher}" --help | true`], {
      encoding: 'utf8',
    })

    expect(stderr).toBe('')
  })

  test('a start that is interrupted in the middle leaves no process', async () => {
    const { child, output } = launch({ home, portBase })
    await until(() => output().includes('console'), 30_000, 'the console to be announced')

    await interrupt(child)

    const pids = ['console', 'relay', 'nac', 'connector', 'sample-office'].flatMap((part) => {
      try {
        return [(JSON.parse(readFileSync(join(home, part, 'status.json'), 'utf8')) as { pid: number }).pid]
      } catch {
        return []
      }
    })
    expect(pids.length).toBeGreaterThan(0)
    expect(pids.filter(isAlive)).toEqual([])
  })
})
