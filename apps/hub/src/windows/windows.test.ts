// Class C: answers in the shape of Microsoft's documentation, written by us; no Windows machine was asked.
import { describe, expect, test } from 'vitest'
import { recordedPrograms } from '../testing/recorded.ts'
import { readBitLocker } from './bitlocker.ts'
import { readMachine } from './machine.ts'
import { Windows } from './windows.ts'

const volume = (letter: string, conversion: string, protection: string) => `Volume ${letter}: [OS]
[OS Volume]

    Size:                 237.85 GB
    BitLocker Version:    2.0
    Conversion Status:    ${conversion}
    Percentage Encrypted: 100.0%
    Encryption Method:    XTS-AES 128
    Protection Status:    ${protection}
    Lock Status:          Unlocked
`
const status = (...volumes: readonly string[]) =>
  `BitLocker Drive Encryption: Configuration Tool version 10.0.19041\nDisk volumes that can be protected with\nBitLocker Drive Encryption:\n${volumes.join('\n')}`

describe('BitLocker', () => {
  test.each([
    ['on and whole', status(volume('C', 'Fully Encrypted', 'Protection On')), true],
    ['of the used space', status(volume('C', 'Used Space Only Encrypted', 'Protection On')), true],
    ['suspended', status(volume('C', 'Fully Encrypted', 'Protection Off')), false],
    ['still encrypting', status(volume('C', 'Encryption in Progress', 'Protection Off')), false],
    [
      'on one of two',
      status(volume('C', 'Fully Encrypted', 'Protection On'), volume('D', 'Fully Decrypted', 'Protection Off')),
      false,
    ],
    ['in German', 'Volume C: [OS]\n    Konvertierungsstatus:    Vollst\u00e4ndig verschl\u00fcsselt\n', undefined],
    ['without the right to ask', 'ERROR: An attempt to access a required resource was denied.', undefined],
  ])('%s', (_, text, verdict) => {
    expect(readBitLocker(text)).toBe(verdict)
  })
})

const answer = {
  bios: { SerialNumber: 'PF3XK29' },
  product: { UUID: '4C4C4544-0042-3510-8052-B4C04F4A3132', Vendor: 'LENOVO', Name: '20XW' },
  os: { Caption: 'Microsoft Windows 11 Pro', Version: '10.0.22631' },
  adapters: [
    {
      Name: 'Ethernet',
      PermanentAddress: '00105A000001',
      MacAddress: '00-10-5A-00-00-01',
      Virtual: false,
      HardwareInterface: true,
    },
    {
      Name: 'Wi-Fi',
      PermanentAddress: '00105A000002',
      MacAddress: '02-AA-BB-CC-DD-EE',
      Virtual: false,
      HardwareInterface: true,
    },
    {
      Name: 'vEthernet',
      PermanentAddress: '',
      MacAddress: '00-15-5D-00-00-01',
      Virtual: true,
      HardwareInterface: false,
    },
  ],
  firewall: ['True', 'True', 'False'],
  secureBoot: 1,
  inactivity: 900,
}

describe('the machine', () => {
  test('says its own addresses, not the random one it wears today', () => {
    const machine = readMachine(`\ufeff${JSON.stringify(answer)}`)

    expect(machine).toMatchObject({
      serial: 'PF3XK29',
      isFirewallOn: false,
      isSecureBootOn: true,
      isScreenLocking: true,
    })
    expect(machine.adapters.filter(({ isPhysical }) => isPhysical).map(({ mac }) => mac)).toEqual([
      '00:10:5A:00:00:01',
      '00:10:5A:00:00:02',
    ])
  })

  test.each([
    '',
    'null',
    '[]',
    '"x"',
    '{"adapters":[null,1,{"MacAddress":5}],"firewall":["NotConfigured"],"inactivity":0}',
  ])('an answer such as %j leaves all of it open', (json) => {
    expect(readMachine(json)).toEqual({ adapters: [] })
  })

  test('as a whole: what both programs answer, and what nobody can tell', async () => {
    const programs = recordedPrograms({
      'powershell.exe': `${JSON.stringify(answer)}\r\n`,
      'manage-bde.exe': status(volume('C', 'Fully Encrypted', 'Protection On')).replaceAll('\n', '\r\n'),
    })

    const { identifiers, facts } = await new Windows(programs).observe()

    expect(identifiers).toMatchObject({ serial: 'PF3XK29', macs: ['00:10:5a:00:00:01', '00:10:5a:00:00:02'] })
    expect(facts).toMatchObject({
      diskEncrypted: { value: true },
      pinLocked: { value: true },
      jailBroken: { unknown: true },
      firewallOn: { value: false },
      secureBootOn: { value: true },
      manufacturer: { value: 'LENOVO' },
      osVersion: { value: '10.0.22631' },
    })
  })

  test('a program that fails, or is refused, tells nothing, and nothing is false', async () => {
    const programs = recordedPrograms({
      'powershell.exe': { code: 1, out: JSON.stringify(answer), err: 'Access is denied.' },
      'manage-bde.exe': {
        code: 0x80070005 & 0xff,
        out: 'ERROR: An attempt to access a required resource was denied.',
        err: '',
      },
    })

    const { facts } = await new Windows(programs).observe()

    expect(Object.values(facts).some((fact) => 'value' in fact && fact.value === false)).toBe(false)
  })

  test('without PowerShell everything is unknown, and nothing is false', async () => {
    const { facts } = await new Windows(recordedPrograms({})).observe()

    expect(
      Object.entries(facts)
        .filter(([, fact]) => 'value' in fact)
        .map(([name]) => name),
    ).toEqual(['platform'])
  })
})
