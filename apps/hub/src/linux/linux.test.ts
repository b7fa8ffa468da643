import { systemClock } from '@sallygate/base/clock'
import { describe, expect, test } from 'vitest'
import { systemFiles } from '../platform/files.ts'
import { SystemPrograms } from '../platform/programs.ts'
import { recordedFiles, recordedPrograms } from '../testing/recorded.ts'
import { linuxEncryption } from './disks.ts'
import { Linux } from './linux.ts'
import { linuxPacketFilter } from './packet-filter.ts'
import { linuxScreenLock, readGnomeLock } from './screen-lock.ts'

const unknown = { unknown: true }

const disk = (...children: readonly object[]) =>
  JSON.stringify({ blockdevices: [{ name: 'sda', type: 'disk', mountpoints: [null], children }] })
const boot = { name: 'sda1', type: 'part', fstype: 'vfat', mountpoints: ['/boot/efi'] }
const root = { name: 'root', type: 'crypt', fstype: 'ext4', mountpoints: ['/'] }
const luks = (...children: readonly object[]) => ({
  name: 'sda2',
  type: 'part',
  fstype: 'crypto_LUKS',
  mountpoints: [null],
  children,
})

describe('disk encryption', () => {
  test.each([
    ['LUKS under the root, and the boot partition in the clear', disk(boot, luks(root)), true],
    [
      'LVM inside LUKS',
      disk(
        boot,
        luks({
          name: 'pv',
          type: 'crypt',
          mountpoints: [null],
          children: [
            { name: 'lv', type: 'lvm', mountpoints: ['/'] },
            { name: 'sw', type: 'lvm', mountpoints: ['[SWAP]'] },
          ],
        }),
      ),
      true,
    ],
    ['no LUKS', disk(boot, { name: 'sda2', type: 'part', mountpoints: ['/'] }), false],
    [
      'swap beside it in the clear',
      disk(luks(root), { name: 'sda3', type: 'part', fstype: 'swap', mountpoints: ['[SWAP]'] }),
      false,
    ],
    [
      'another data partition in the clear',
      disk(luks(root), { name: 'sda3', type: 'part', mountpoints: ['/srv'] }),
      false,
    ],
    [
      'a stick in the clear',
      JSON.stringify({
        blockdevices: [
          { type: 'disk', mountpoints: [null], children: [luks(root)] },
          { type: 'disk', rm: true, mountpoints: ['/media/stick'] },
        ],
      }),
      true,
    ],
    ['ZFS', disk({ name: 'sda2', type: 'part', fstype: 'zfs_member', mountpoints: ['/'] }), undefined],
    [
      'a container, whose root is on no disk that is shown',
      disk({ name: 'sda1', type: 'part', mountpoints: ['/etc/hosts'] }),
      undefined,
    ],
    ['an older lsblk', JSON.stringify({ blockdevices: [{ type: 'disk', mountpoint: '/', rm: '0' }] }), false],
    ['no JSON', 'lsblk: unknown option', undefined],
  ])('%s', (_, lsblk, verdict) => {
    expect(linuxEncryption(lsblk)).toBe(verdict)
  })
})

test('a packet filter is on when input is dropped, and unknown when nothing is seen', () => {
  const chain = (policy: string) => ({
    chain: { family: 'inet', table: 'filter', name: 'input', hook: 'input', policy },
  })
  const rule = { rule: { family: 'inet', table: 'filter', chain: 'input', expr: [{ counter: {} }, { drop: null }] } }
  const ruleset = (...nftables: readonly object[]) => JSON.stringify({ nftables })

  expect(linuxPacketFilter(ruleset(chain('drop')))).toBe(true)
  expect(linuxPacketFilter(ruleset(chain('accept'), rule))).toBe(true)
  expect(linuxPacketFilter(ruleset(chain('accept')))).toBeUndefined()
  expect(linuxPacketFilter(ruleset(rule))).toBeUndefined()
  expect(linuxPacketFilter('Operation not permitted')).toBeUndefined()
})

describe('screen lock', () => {
  test('GNOME locks when it is told to and when it ever becomes idle', () => {
    expect(readGnomeLock('true\n', 'uint32 300\n')).toBe(true)
    expect(readGnomeLock('true\n', 'uint32 0\n')).toBe(false)
    expect(readGnomeLock('false\n', 'uint32 300\n')).toBe(false)
    expect(readGnomeLock('No such schema', 'uint32 300')).toBeUndefined()
  })

  test('what an administrator enforces for everybody counts', async () => {
    const folder = '/etc/dconf/db/local.d'
    const key = '/org/gnome/desktop/screensaver/lock-enabled'
    const files = (value: string, lock: string) =>
      recordedFiles({
        [`${folder}/00-lock`]: `[org/gnome/desktop/screensaver]\nlock-enabled=${value}\n`,
        [`${folder}/locks/lock`]: lock,
      })
    const none = recordedPrograms({})

    expect(await linuxScreenLock(files('true', key), none)).toBe(true)
    expect(await linuxScreenLock(files('false', key), none)).toBe(false)
    expect(await linuxScreenLock(files('true', '/some/other/key'), none)).toBeUndefined()
  })
})

describe('a machine as a whole', () => {
  const net = '/sys/class/net'
  const contents = {
    [`${net}/eth0/type`]: '1',
    [`${net}/eth0/address`]: '00:10:5a:00:00:01',
    [`${net}/wlan0/type`]: '1',
    [`${net}/wlan0/address`]: '00:10:5A:00:00:02',
    [`${net}/docker0/type`]: '1',
    [`${net}/docker0/address`]: '02:42:00:00:00:01',
    [`${net}/lo/type`]: '772',
    [`${net}/lo/address`]: '00:00:00:00:00:00',
    '/sys/class/dmi/id/product_serial': '5CD1234XYZ\n',
    '/sys/class/dmi/id/product_uuid': '4c4c4544-0042-3510-8052-b4c04f4a3132\n',
    '/sys/class/dmi/id/sys_vendor': 'Dell Inc.\n',
    '/etc/os-release': 'PRETTY_NAME="Debian GNU/Linux 12 (bookworm)"\nVERSION_ID="12"\n',
    '/sys/firmware/efi/efivars/SecureBoot-8be4df61-93ca-11d2-aa0d-00e098032b8c': Buffer.from([6, 0, 0, 0, 1]),
  }
  const links = { [`${net}/docker0`]: '/sys/devices/virtual/net/docker0' }

  test('says what it is, and leaves open what it cannot tell', async () => {
    const { identifiers, facts } = await new Linux(recordedFiles(contents, links), recordedPrograms({})).observe()

    expect(identifiers).toMatchObject({ serial: '5CD1234XYZ', macs: ['00:10:5a:00:00:01', '00:10:5a:00:00:02'] })
    expect(facts).toMatchObject({
      osVersion: { value: '12' },
      secureBootOn: { value: true },
      diskEncrypted: unknown,
      pinLocked: unknown,
      jailBroken: unknown,
      firewallOn: unknown,
      model: unknown,
    })
  })

  test('a container has only a virtual adapter, and it is the one that leads out', async () => {
    const only = {
      [`${net}/eth0/type`]: '1',
      [`${net}/eth0/address`]: '02:42:ac:11:00:02',
      '/proc/net/route': 'Iface\tDestination\neth0\t00000000\t0101A8C0\n',
    }
    const files = recordedFiles(only, { [`${net}/eth0`]: '/sys/devices/virtual/net/eth0' })

    expect((await new Linux(files, recordedPrograms({})).observe()).identifiers.macs).toEqual(['02:42:ac:11:00:02'])
  })

  test('a library forced into every program from where anybody writes is an alarm; one of the system is not', async () => {
    const jailBroken = async (preload: string) =>
      (await new Linux(recordedFiles({ '/etc/ld.so.preload': preload }), recordedPrograms({})).observe()).facts
        .jailBroken

    expect(await jailBroken('/tmp/.x/hide.so')).toEqual({ value: true })
    expect(await jailBroken('/usr/lib/libjemalloc.so.2')).toEqual(unknown)
  })

  test('a message goes to standard input, without what moves a cursor', async () => {
    const programs = recordedPrograms({ wall: '' })

    const outcome = await new Linux(recordedFiles({}), programs).show({ title: 'IT', body: 'Patch\u001b[2J now' })

    expect(outcome.isDone).toBe(true)
    expect(programs.inputs).toEqual(['IT\n\nPatch [2J now\n'])
  })

  test.skipIf(process.platform !== 'linux')('this very machine is observed without an error', async () => {
    const { identifiers, facts } = await new Linux(systemFiles, new SystemPrograms(systemClock)).observe()

    expect(identifiers.hostName).not.toBe('')
    expect(facts.platform).toEqual({ value: 'linux' })
    for (const fact of Object.values(facts)) expect('value' in fact || 'unknown' in fact).toBe(true)
  })
})

test.skipIf(process.platform === 'win32')(
  'a program that is not there, that fails or that never stops talking is no error',
  async () => {
    const programs = new SystemPrograms(systemClock)

    expect(await programs.run(['/nowhere/at/all'], [])).toBeUndefined()
    expect((await programs.run(['/bin/false', '/usr/bin/false'], []))?.code).toBe(1)
    expect(await programs.run(['/usr/bin/yes', '/bin/yes'], [])).toBeUndefined()
  },
)
