import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Secret } from '@sallygate/base/secret'
import {
  issueBootstrap,
  makeId,
  makeInstallerFile,
  makePassword,
  makePrivateKey,
  type Holder,
  type RelayId,
} from '@sallygate/trust'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { enrollConnector, secretFromFile, type EnrollOptions } from './enroll.ts'
import { readIdentity } from './identity.ts'
import { lockHome } from './home-lock.ts'
import { homeAt } from './home.ts'
import { ConsoleStub } from './testing/console-stub.ts'
import { GateOfOne } from './testing/gate-of-one.ts'
import { JumpyClock } from './testing/jumpy-clock.ts'

const failure = (code: string, details = {}) =>
  expect.objectContaining({ code, details: expect.objectContaining(details) })

async function installerOf(
  console: ConsoleStub,
  days = 3,
): Promise<{ readonly file: string; readonly password: Secret }> {
  const { authority } = console
  const privateKey = makePrivateKey()
  const at = console.clock.now()
  const { console: id, group, relay, groupAuthority: issuer } = authority
  const certificate = await issueBootstrap({ issuer, console: id, group, publicKey: privateKey, at, days })
  const bootstrap: Holder = { privateKey, certificate }
  const password = makePassword()
  const facts = { console: id, group, groupName: 'Sample', relay, relayUrl: console.relayUrl, issuedAt: at }
  const content = {
    facts,
    identity: authority.identity,
    bootstrap,
    authority: issuer.certificate,
    root: authority.root.certificate,
  }
  const file = join(console.directory, 'installer.json')
  writeFileSync(file, await makeInstallerFile(content, password))
  return { file, password }
}

const withInstaller = (file: string, password: Secret): Pick<EnrollOptions, 'with'> => ({
  with: { kind: 'installer', file, certificatePassword: () => Promise.resolve(password) },
})

test('a code makes an identity whose key was made here, with a policy file and nothing else', async () => {
  await using gate = await GateOfOne.empty()

  const enrollment = await gate.enroll({ allowTargets: ['127.0.0.1:3890'] })

  const identity = readIdentity(homeAt(gate.home))
  expect(identity.enrollment).toEqual(enrollment)
  expect(gate.console.member(enrollment.instance).keyId).toBe(identity.certificate.keyId)
  expect(readdirSync(gate.home).toSorted()).toEqual(['identity', 'policy.toml'])
  expect(readFileSync(join(gate.home, 'policy.toml'), 'utf8')).toContain('"127.0.0.1:3890"')
})

test('an installer needs no address and no certificates by hand', async () => {
  await using gate = await GateOfOne.empty()
  const { file, password } = await installerOf(gate.console)

  const enrollment = await enrollConnector({ home: gate.home, name: 'x', with: withInstaller(file, password).with })

  expect(enrollment.group).toBe(gate.console.authority.group)
  expect(enrollment.relayUrl).toBe(gate.console.relayUrl)
  expect(readIdentity(homeAt(gate.home)).relayCa).toContain('BEGIN CERTIFICATE')
})

test('an existing policy file is kept as the administrator wrote it', async () => {
  await using gate = await GateOfOne.empty()
  gate.writePolicy('version = 1\n')

  await gate.enroll({ allowTargets: ['127.0.0.1:3890'] })

  expect(readFileSync(join(gate.home, 'policy.toml'), 'utf8')).toBe('version = 1\n')
})

let shared: GateOfOne
beforeAll(async () => {
  shared = await GateOfOne.empty()
})
afterAll(async () => {
  await shared[Symbol.asyncDispose]()
})

/** Into a home of its own, which has to be as it was when the enrollment fails. */
async function failsWithoutTrace(change: Partial<EnrollOptions>): Promise<unknown> {
  const home = mkdtempSync(join(tmpdir(), 'sallygate-enroll-'))
  try {
    const error = await shared.enroll({ home, ...change }).then(
      () => 'enrolled',
      (cause: unknown) => cause,
    )
    expect(existsSync(join(home, 'identity'))).toBe(false)
    return error
  } finally {
    rmSync(home, { recursive: true, force: true })
  }
}

const code = (text: string): Partial<EnrollOptions> => ({ with: { kind: 'code', code: new Secret(text) } })

test('a wrong certificate password is named', async () => {
  const { file } = await installerOf(shared.console)

  expect(await failsWithoutTrace(withInstaller(file, new Secret('not the password')))).toEqual(
    failure('TRUST_WRONG_PASSWORD'),
  )
})

test('a file that is no installer is named', async () => {
  const file = join(shared.console.directory, 'letter.txt')
  writeFileSync(file, 'Dear administrator')

  expect(await failsWithoutTrace(withInstaller(file, new Secret('whatever it is')))).toEqual(failure('TRUST_MALFORMED'))
})

test('a mistyped code is refused before anything is sent', async () => {
  const typed = shared.console.newCode().replace(/.$/, (last) => (last === '2' ? '3' : '2'))

  expect(await failsWithoutTrace(code(typed))).toEqual(failure('TRUST_CODE_MISTYPED'))
})

test('a code is good once: the second use is refused and named (TC1)', async () => {
  const invitation = code(shared.console.newCode())
  const home = mkdtempSync(join(tmpdir(), 'sallygate-enroll-'))
  await shared.enroll({ home, ...invitation })
  rmSync(home, { recursive: true, force: true })
  const before = shared.console.members.size

  const second = await failsWithoutTrace(invitation)

  expect(second).toEqual(failure('CONNECTOR_CODE_REFUSED', { reason: 'CONSOLE_CODE_USED' }))
  expect(shared.console.members.size).toBe(before)
})

test('a code of another console is refused: its root is not the one in the code', async () => {
  const other = await ConsoleStub.start()
  try {
    expect(await failsWithoutTrace(code(other.newCode()))).toEqual(failure('TRUST_UNTRUSTED'))
  } finally {
    await other.stop()
  }
})

test('a relay name that does not exist, a closed port and a certificate nobody trusts are told apart', async () => {
  const closed = new URL(shared.console.relayUrl)
  closed.port = '1'

  expect(await failsWithoutTrace({ relayUrl: 'wss://relay.invalid/awcm' })).toEqual(failure('DIAL_NAME_NOT_FOUND'))
  expect(await failsWithoutTrace({ relayUrl: closed.href })).toEqual(failure('DIAL_TCP_REFUSED'))
  expect(await failsWithoutTrace({ relayUrl: 'not a url' })).toEqual(failure('DIAL_BAD_URL'))
  const stranger = join(shared.console.directory, 'stranger.pem')
  writeFileSync(stranger, '')
  expect(await failsWithoutTrace({ relayCaFile: stranger })).toEqual(failure('DIAL_TLS_UNTRUSTED'))
})

test.each([3_600_000, -3_600_000])('a clock %d ms off is named before the code is spent', async (offsetMs) => {
  const text = shared.console.newCode()

  const error = await failsWithoutTrace({ ...code(text), clock: new JumpyClock(offsetMs) })

  expect(error).toEqual(failure('CONNECTOR_CLOCK', { secondsOff: -Math.round(offsetMs / 1000) }))
  expect([...shared.console.codes.values()].at(-1)?.isUsed).toBe(false)
})

test('an identity is not replaced under a connector that runs with it', async () => {
  await using gate = await GateOfOne.enrolled()
  const other = spawn(process.execPath, ['-e', 'setTimeout(() => {}, 30000)'], { stdio: 'ignore' })
  await once(other, 'spawn')
  const held = lockHome(homeAt(gate.home), other.pid)

  const error = await gate.enroll({ replace: true }).catch((cause: unknown) => cause)
  held.release()
  other.kill('SIGKILL')
  await once(other, 'exit')

  expect(error).toEqual(failure('CONNECTOR_ALREADY_RUNNING', { pid: other.pid }))
})

test('an enrolled connector is not enrolled again unless it is meant', async () => {
  await using gate = await GateOfOne.enrolled()
  const before = readIdentity(homeAt(gate.home)).enrollment.instance

  await expect(gate.enroll()).rejects.toEqual(failure('CONNECTOR_ALREADY_ENROLLED'))
  const replaced = await gate.enroll({ replace: true })

  expect(replaced.instance).not.toBe(before)
  expect(readIdentity(homeAt(gate.home)).enrollment).toEqual(replaced)
})

test('a home that cannot be written to is named before the code is spent', async () => {
  const file = join(shared.console.directory, 'a-file')
  writeFileSync(file, '')
  const text = shared.console.newCode()

  const error = await shared.enroll({ home: join(file, 'home'), ...code(text) }).catch((cause: unknown) => cause)

  expect(error).toEqual(failure('FILE_CANNOT_WRITE'))
  expect([...shared.console.codes.values()].at(-1)?.isUsed).toBe(false)
})

test('a secret file that others can read is refused', () => {
  const file = join(shared.console.directory, 'password')
  writeFileSync(file, 'secret\n', { mode: 0o644 })

  expect(() => secretFromFile(file)).toThrow(failure('FILE_NOT_PRIVATE'))
  writeFileSync(join(shared.console.directory, 'private'), 'secret\n', { mode: 0o600 })
  expect(secretFromFile(join(shared.console.directory, 'private')).reveal()).toBe('secret')
  expect(statSync(file).size).toBe(7)
})

test('with a relay of another id the enrollment is refused, and nothing is kept', async () => {
  shared.console.whims.claimedRelay = makeId<RelayId>()

  const error = await failsWithoutTrace({})

  shared.console.whims.claimedRelay = undefined
  expect(error).toEqual(failure('CONNECTOR_ENROLLMENT_REFUSED', { reason: 'the console belongs to another relay' }))
})
