/**
 * What an agent tells of its machine, reduced to what identifies it and what is its posture.
 *
 * An agent that did not look, or looks where the answer cannot be found, leaves
 * `undefined`: it is never made a *no* here. Software, processes and users' files are
 * not read at all.
 *
 * @module
 */
import type { Section } from './tree.ts'

export interface Inventory {
  /** The agent's own name for itself: host name and the time of its first run. It is no identity. */
  readonly agentId: string
  readonly agentVersion: string | undefined
  readonly serial: string | undefined
  readonly uuid: string | undefined
  readonly imei: string | undefined
  readonly hostName: string | undefined
  /** As written by the agent. */
  readonly macs: readonly string[]
  readonly manufacturer: string | undefined
  readonly model: string | undefined
  readonly platform: string | undefined
  readonly osName: string | undefined
  readonly osVersion: string | undefined
  readonly userName: string | undefined
  readonly isDiskEncrypted: boolean | undefined
  readonly isFirewallOn: boolean | undefined
  readonly isAntivirusOn: boolean | undefined
}

export function readInventory(agentId: string, content: Section): Inventory {
  const [bios] = content.sections('bios')
  const [hardware] = content.sections('hardware')
  const [system] = content.sections('operatingsystem')
  const [provider] = content.sections('versionprovider')
  const platform = platformOf(system?.text('kernel_name') ?? hardware?.text('osname'))
  return {
    agentId,
    agentVersion: content.text('versionclient') ?? provider?.text('version'),
    serial: bios?.text('ssn') ?? bios?.text('enclosureserial'),
    uuid: hardware?.text('uuid'),
    imei: content.sections('modems').flatMap((modem) => modem.text('imei') ?? [])[0],
    hostName: system?.text('fqdn') ?? hardware?.text('name'),
    macs: macsOf(content.sections('networks')),
    manufacturer: bios?.text('smanufacturer') ?? bios?.text('mmanufacturer'),
    model: bios?.text('smodel') ?? bios?.text('mmodel'),
    platform,
    osName: system?.text('full_name') ?? system?.text('name') ?? hardware?.text('osname'),
    osVersion: system?.text('version') ?? hardware?.text('osversion'),
    userName: content.sections('users')[0]?.text('login'),
    isDiskEncrypted: encryptionOf(content.sections('drives')),
    isFirewallOn: firewallOf([...content.sections('firewall'), ...content.sections('firewalls')], platform),
    isAntivirusOn: antivirusOf(content.sections('antivirus')),
  }
}

/** Real adapters; only where a machine has none, the virtual ones that lead somewhere. Loopback never. */
function macsOf(networks: readonly Section[]): readonly string[] {
  const usable = networks.flatMap((network) => {
    const mac = network.text('macaddr') ?? network.text('mac')
    const isLoopback = network.text('type') === 'loopback' || mac === undefined || /^(?:0{2}[:-]?){6}$/.test(mac)
    return isLoopback ? [] : [{ mac, network }]
  })
  const real = usable.filter(({ network }) => network.text('virtualdev') !== '1')
  const leading = usable.filter(({ network }) => network.text('ipgateway') !== undefined)
  return [...new Set((real.length > 0 ? real : leading).map(({ mac }) => mac))]
}

/** Perl's names of systems, and what they are called here. */
function platformOf(name: string | undefined): string | undefined {
  const word = name?.toLowerCase()
  if (word === undefined) return undefined
  if (/mswin|windows/.test(word)) return 'windows'
  if (/darwin|mac ?os/.test(word)) return 'macos'
  if (word.includes('android')) return 'android'
  return /linux|debian|ubuntu/.test(word) ? 'linux' : word.slice(0, 40)
}

const unencryptedByDesign = /^\/boot(?:\/|$)|^\/efi(?:\/|$)/
const noDisk = /^(?:tmpfs|devtmpfs|overlay|squashfs|nfs|nfs4|cifs|smbfs|autofs|proc|sysfs|iso9660|udf|efivarfs)$/i

/**
 * True when every file system on a disk says so, false as soon as one says no. The agent
 * says nothing of a disk whose encryption it does not know, and that is unknown.
 */
function encryptionOf(drives: readonly Section[]): boolean | undefined {
  const onDisk = drives.filter(
    (drive) => !noDisk.test(drive.text('filesystem') ?? '') && !unencryptedByDesign.test(drive.text('type') ?? ''),
  )
  const said = onDisk.map((drive) => drive.text('encrypt_status')?.toLowerCase())
  if (said.some((status) => status === 'no' || status === 'partially')) return false
  return said.length > 0 && said.every((status) => status === 'yes') ? true : undefined
}

/** On Linux the agent looks for firewalld and iptables only; its *off* does not mean that there is no packet filter. */
function firewallOf(firewalls: readonly Section[], platform: string | undefined): boolean | undefined {
  const said = firewalls.flatMap((one) => one.text('status')?.toLowerCase() ?? [])
  if (said.length === 0) return undefined
  if (said.every((status) => status === 'on')) return true
  return platform === 'windows' || platform === 'macos' ? false : undefined
}

function antivirusOf(scanners: readonly Section[]): boolean | undefined {
  const said = scanners.flatMap((one) => one.text('enabled') ?? [])
  return said.length === 0 ? undefined : said.includes('1')
}
