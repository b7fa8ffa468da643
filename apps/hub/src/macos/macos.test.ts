// Class C: answers in the shape of Apple's manual pages, written by us; no Mac was asked.
import { describe, expect, test } from 'vitest'
import { recordedPrograms } from '../testing/recorded.ts'
import { MacOs } from './macos.ts'
import { readFileVault, readFirewall, readHardwarePorts, readScreenLock, readSip } from './readers.ts'

const ports = `
Hardware Port: Ethernet
Device: en0
Ethernet Address: 00:10:5a:00:00:01

Hardware Port: Wi-Fi
Device: en1
Ethernet Address: 00:10:5a:00:00:02

Hardware Port: Thunderbolt Bridge
Device: bridge0
Ethernet Address: 36:5b:47:6b:c9:c0

VLAN Configurations
===================
`

describe('readers', () => {
  test.each([
    ['FileVault is On.', true],
    ['FileVault is Off.', false],
    ['FileVault is On.\nEncryption in progress: Percent completed = 20', false],
    ['fdesetup: error', undefined],
  ])('%j', (text, verdict) => {
    expect(readFileVault(text)).toBe(verdict)
  })

  test('system integrity protection, firewall and screen lock', () => {
    expect(readSip('System Integrity Protection status: enabled.')).toBe(true)
    expect(readSip('System Integrity Protection status: unknown (Custom Configuration).')).toBeUndefined()
    expect(readFirewall('Firewall is enabled. (State = 1)')).toBe(true)
    expect(readFirewall('Firewall is disabled. (State = 0)')).toBe(false)
    expect(readScreenLock('2026-11-22 sysadminctl[1:2] screenLock delay is immediate')).toBe(true)
    expect(readScreenLock('2026-11-22 sysadminctl[1:2] screenLock is off')).toBe(false)
    expect(readScreenLock('')).toBeUndefined()
  })

  test('a bridge is no adapter of its own', () => {
    expect(
      readHardwarePorts(ports)
        .filter(({ isPhysical }) => isPhysical)
        .map(({ name }) => name),
    ).toEqual(['Ethernet', 'Wi-Fi'])
  })
})

test('a Mac as a whole, with the lock status on standard error', async () => {
  const programs = recordedPrograms({
    ioreg: '  "IOPlatformSerialNumber" = "C02ABCDEFGH1"\n  "IOPlatformUUID" = "564D0000-0000-4000-8000-000000000001"\n',
    networksetup: ports,
    'sw_vers -productName': 'macOS\n',
    'sw_vers -productVersion': '14.5\n',
    fdesetup: 'FileVault is On.\n',
    csrutil: 'System Integrity Protection status: disabled.\n',
    sysadminctl: { code: 0, out: '', err: 'screenLock delay is 300 seconds' },
  })

  const { identifiers, facts } = await new MacOs(programs).observe()

  expect(identifiers).toMatchObject({ serial: 'C02ABCDEFGH1', macs: ['00:10:5a:00:00:01', '00:10:5a:00:00:02'] })
  expect(facts).toMatchObject({
    diskEncrypted: { value: true },
    jailBroken: { value: true },
    pinLocked: { value: true },
    firewallOn: { unknown: true },
    osVersion: { value: '14.5' },
  })
})

test('without its programs nothing is said to be false', async () => {
  const { facts } = await new MacOs(recordedPrograms({})).observe()

  expect(Object.values(facts).some((fact) => 'value' in fact && fact.value === false)).toBe(false)
})
