import { chmodSync, existsSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { makeId, makePrivateKey, type InstanceId } from '@sallygate/trust'
import { afterEach, beforeAll, beforeEach, expect, test } from 'vitest'
import { homeAt, type Home } from './home.ts'
import { identityDisk, systemDisk, systemSteps, type DiskSteps } from './identity-disk.ts'
import { isEnrolled, readIdentity, writeIdentity, type Identity } from './identity.ts'
import { Authority } from './testing/authority.ts'

let authority: Authority
let root: string
let home: Home
beforeAll(async () => {
  authority = await Authority.make(systemClock)
})
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'sallygate-identity-'))
  home = homeAt(root)
})
afterEach(() => rmSync(root, { recursive: true, force: true }))

async function someIdentity(name: string): Promise<Identity> {
  const privateKey = makePrivateKey()
  const instance = makeId<InstanceId>()
  const { console, group, relay } = authority
  return {
    enrollment: {
      console,
      group,
      groupName: 'Sample',
      instance,
      relay,
      relayUrl: 'wss://relay.test/awcm',
      name,
      enrolledAt: '2026-11-22T12:00:00.000Z',
    },
    privateKey,
    certificate: await authority.issue(instance, privateKey),
    groupAuthority: authority.groupAuthority.certificate,
    root: authority.root.certificate,
    relayCa: undefined,
    firstTrustSet: authority.trustSet(),
  }
}

class Killed extends Error {}

/** A disk that dies at the given step, and does nothing from then on: the process was killed there. */
function dyingAt(step: number): { readonly disk: ReturnType<typeof identityDisk>; readonly steps: () => number } {
  let taken = 0
  const die =
    <A extends readonly unknown[]>(act: (...args: A) => void) =>
    (...args: A) => {
      if (taken++ >= step) throw new Killed()
      act(...args)
    }
  const steps: DiskSteps = {
    makeFolder: die(systemSteps.makeFolder),
    write: die((path: string, content: string | Buffer, mode: number) => {
      // Killed in the middle of a write: half of it is there.
      if (taken === step) writeFileSync(path, content.slice(0, content.length / 2))
      else systemSteps.write(path, content, mode)
    }),
    sync: die(systemSteps.sync),
    rename: die(systemSteps.rename),
    remove: die(systemSteps.remove),
  }
  return { disk: identityDisk(steps), steps: () => taken }
}

test('an identity comes back as it was written, and only its owner can read the key', async () => {
  const identity = await someIdentity('a')

  writeIdentity(home, identity)
  const read = readIdentity(home)

  expect(read.enrollment).toEqual(identity.enrollment)
  expect(read.privateKey.equals(identity.privateKey)).toBe(true)
  expect(read.certificate.der).toEqual(identity.certificate.der)
  expect(statSync(join(home.identity, 'instance.key')).mode & 0o777).toBe(0o600)
  expect(statSync(home.identity).mode & 0o777).toBe(0o700)
  expect(existsSync(join(home.identity, 'enrollment.json'))).toBe(true)
})

test('killed at any point, there is a whole new identity or none', async () => {
  const identity = await someIdentity('new')
  let step = 0
  for (; ; step++) {
    rmSync(root, { recursive: true, force: true })
    systemSteps.makeFolder(root)
    const { disk, steps } = dyingAt(step)

    const error = attempt(() => writeIdentity(home, identity, disk))

    if (isEnrolled(home)) expect(readIdentity(home).enrollment).toEqual(identity.enrollment)
    else expect(() => readIdentity(home)).toThrow(expect.objectContaining({ code: 'CONNECTOR_NOT_ENROLLED' }))
    if (error === undefined && steps() <= step) break
  }
  expect(step).toBeGreaterThan(8)
})

test('killed at any point while replacing, there is the whole old one or the whole new one', async () => {
  const [old, next] = [await someIdentity('old'), await someIdentity('next')]
  const seen = new Set<string>()
  for (let step = 0; ; step++) {
    rmSync(root, { recursive: true, force: true })
    systemSteps.makeFolder(root)
    writeIdentity(home, old)
    const { disk, steps } = dyingAt(step)

    const error = attempt(() => writeIdentity(home, next, disk))

    const { enrollment, privateKey } = readIdentity(home)
    const expected = enrollment.name === 'old' ? old : next
    expect(enrollment).toEqual(expected.enrollment)
    expect(privateKey.equals(expected.privateKey)).toBe(true)
    expect(readdirSync(root)).toEqual(['identity'])
    seen.add(enrollment.name)
    if (error === undefined && steps() <= step) break
  }
  expect([...seen].toSorted()).toEqual(['next', 'old'])
})

test('a full disk while enrolling is named, and nothing is left behind', async () => {
  const identity = await someIdentity('a')
  const full = identityDisk({
    ...systemSteps,
    write: () => {
      throw Object.assign(new Error('no space'), { code: 'ENOSPC' })
    },
  })

  expect(() => writeIdentity(home, identity, full)).toThrow(expect.objectContaining({ code: 'FILE_DISK_FULL' }))

  expect(readdirSync(root)).toEqual([])
  expect(isEnrolled(home, systemDisk)).toBe(false)
})

test('a key file that others can read is refused by name', async () => {
  writeIdentity(home, await someIdentity('a'))
  chmodSync(join(home.identity, 'instance.key'), 0o644)

  expect(() => readIdentity(home)).toThrow(expect.objectContaining({ code: 'FILE_NOT_PRIVATE' }))
})

test.each([
  ['instance.key', 'nonsense'],
  ['instance.pem', 'nonsense'],
  ['root.pem', ''],
  ['enrollment.json', '{"group":"x"}'],
])('a damaged %s is named', async (file, content) => {
  writeIdentity(home, await someIdentity('a'))
  writeFileSync(join(home.identity, file), content, { mode: 0o600 })

  expect(() => readIdentity(home)).toThrow(
    expect.objectContaining({ code: 'CONNECTOR_IDENTITY_DAMAGED', details: { file } }),
  )
})

test('a key and a certificate that do not belong together are refused', async () => {
  writeIdentity(home, { ...(await someIdentity('a')), privateKey: makePrivateKey() })

  expect(() => readIdentity(home)).toThrow(expect.objectContaining({ code: 'CONNECTOR_IDENTITY_DAMAGED' }))
})

function attempt(work: () => void): unknown {
  try {
    work()
    return undefined
  } catch (error) {
    return error
  }
}
