/**
 * The sample office's machines: SIMULATED, made up, and labelled so wherever they are shown.
 *
 * One is as it should be, one is not, one cannot tell, one made its address up, and one is
 * a phone-like thing with a dock's address beside its own. They are told of as inventory
 * agents tell of theirs: in FusionInventory's XML.
 *
 * @module
 */

export interface SampleDevice {
  readonly name: string
  readonly serial: string
  readonly macs: readonly string[]
  readonly user: string
  readonly os: { readonly kernel: string; readonly name: string; readonly version: string }
  /** What the agent says of the disk; absent, it cannot tell. */
  readonly encryption?: 'Yes' | 'No'
  readonly model: string
}

const debian = { kernel: 'linux', name: 'Debian GNU/Linux 12 (bookworm)', version: '12' }
const windows = { kernel: 'MSWin32', name: 'Microsoft Windows 11 Pro', version: '23H2' }
const mac = { kernel: 'darwin', name: 'macOS', version: '14.5' }

/** 00:00:5E:00:53 are addresses for documents (RFC 7042), and no card has them. */
export const sampleDevices: readonly SampleDevice[] = [
  {
    name: 'sample-laptop-compliant',
    serial: 'SAMPLE-0001',
    macs: ['00:00:5E:00:53:01'],
    user: 'ada',
    os: windows,
    encryption: 'Yes',
    model: 'Simulated laptop',
  },
  {
    name: 'sample-laptop-not-encrypted',
    serial: 'SAMPLE-0002',
    macs: ['00:00:5E:00:53:02'],
    user: 'grace',
    os: windows,
    encryption: 'No',
    model: 'Simulated laptop',
  },
  {
    name: 'sample-server-cannot-tell',
    serial: 'SAMPLE-0003',
    macs: ['00:00:5E:00:53:03'],
    user: 'alan',
    os: debian,
    model: 'Simulated server',
  },
  {
    name: 'sample-tablet-randomized-mac',
    serial: 'SAMPLE-0004',
    // The second lowest bit of the first byte: somebody made this address up.
    macs: ['DA:A1:19:00:53:04'],
    user: 'edsger',
    os: mac,
    encryption: 'Yes',
    model: 'Simulated tablet',
  },
  {
    name: 'sample-laptop-two-adapters',
    serial: 'SAMPLE-0005',
    macs: ['00:00:5E:00:53:05', '00:00:5E:00:53:15'],
    user: 'barbara',
    os: mac,
    encryption: 'Yes',
    model: 'Simulated laptop with a dock',
  },
]

export function inventoryOf(device: SampleDevice): string {
  const { name, serial, macs, user, os, encryption, model } = device
  const drive = element('DRIVES', {
    FILESYSTEM: 'simulated',
    TYPE: '/',
    ...(encryption === undefined ? {} : { ENCRYPT_STATUS: encryption }),
  })
  const content = [
    element('BIOS', { SSN: serial, SMANUFACTURER: 'Sample Office (simulated)', SMODEL: model }),
    element('HARDWARE', { NAME: name }),
    drive,
    ...macs.map((address) => element('NETWORKS', { MACADDR: address, VIRTUALDEV: '0' })),
    element('OPERATINGSYSTEM', { KERNEL_NAME: os.kernel, FULL_NAME: os.name, VERSION: os.version }),
    element('USERS', { LOGIN: user }),
    '<VERSIONCLIENT>Sample-Office (simulated)</VERSIONCLIENT>',
  ]
  return `<?xml version="1.0" encoding="UTF-8"?><REQUEST><CONTENT>${content.join('')}</CONTENT><DEVICEID>${name}</DEVICEID><QUERY>INVENTORY</QUERY></REQUEST>`
}

/** Nothing in them needs escaping. */
function element(name: string, members: Readonly<Record<string, string>>): string {
  const inside = Object.entries(members).map(([member, text]) => `<${member}>${text}</${member}>`)
  return `<${name}>${inside.join('')}</${name}>`
}
