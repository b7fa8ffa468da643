/**
 * What each part is told in an all-in-one start: everything on loopback, one port each.
 *
 * @module
 */
import { existsSync, readFileSync } from 'node:fs'
import { hostname } from 'node:os'
import { writeFileAtomic } from '@sallygate/base/file'
import type { Home, PartName } from './home.ts'

/** Every part gets a port of its own next to the base, so that several starts with bases ten apart never meet. */
export const portOffsets = {
  relay: 1,
  console: 2,
  nac: 3,
  'sample-office': 4,
  'sample-mail': 5,
  'sample-syslog': 6,
  'sample-inbox': 7,
} as const

/** 2001 is the port an AWCM listens on: whoever knows one finds the other. */
export const defaultPortBase = 2000

export type Ports = Readonly<Record<keyof typeof portOffsets, number>>

export function portsFrom(base: number): Ports {
  return {
    relay: base + portOffsets.relay,
    console: base + portOffsets.console,
    nac: base + portOffsets.nac,
    'sample-office': base + portOffsets['sample-office'],
    'sample-mail': base + portOffsets['sample-mail'],
    'sample-syslog': base + portOffsets['sample-syslog'],
    'sample-inbox': base + portOffsets['sample-inbox'],
  }
}

/** The ports of the last start from this home: without a word to the contrary, the next one uses them again. */
export function rememberedPorts(home: Home): Ports | undefined {
  const file = home.of('console', 'settings.json')
  if (!existsSync(file)) return undefined
  const { port } = JSON.parse(readFileSync(file, 'utf8')) as { readonly port?: number }
  return typeof port === 'number' ? portsFrom(port - portOffsets.console) : undefined
}

export const loopback = '127.0.0.1'
export const firstGroup = 'Sample Office'
/** What the console calls the connector of this machine. */
export const connectorName = hostname().slice(0, 64) || 'this-machine'

export function relayUrl(ports: Ports): string {
  return `https://${loopback}:${ports.relay}/awcm`
}

export function writeSettings(home: Home, part: PartName, settings: Readonly<Record<string, unknown>>): void {
  writeFileAtomic(home.of(part, 'settings.json'), `${JSON.stringify(settings, undefined, 2)}\n`)
}

export function writePartSettings(
  home: Home,
  ports: Ports,
  files: { readonly adminPassword: string; readonly apiKey: string },
  withSampleOffice: boolean,
): void {
  writeSettings(home, 'console', {
    home: home.of('console', '.'),
    port: ports.console,
    firstAdminPasswordFile: files.adminPassword,
    firstApiKeyFile: files.apiKey,
    firstGroup,
    // So that this machine's own nac can be probed and asked as a source.
    sourceAddresses: loopback,
    ...(withSampleOffice ? { sampleOfficeUrl: `http://${loopback}:${ports['sample-inbox']}` } : {}),
  })
  writeSettings(home, 'relay', {
    address: loopback,
    port: ports.relay,
    tlsCertificateFile: home.of('relay', 'tls.pem'),
    tlsKeyFile: home.of('relay', 'tls.key'),
    secureChannelFile: home.of('relay', 'secure-channel.json'),
    admissionFile: home.of('relay', 'admission.bin'),
    tokenFile: home.of('relay', 'statistics.token'),
    statusFile: home.of('relay', 'status.json'),
  })
  writeSettings(home, 'nac', {
    home: home.of('nac', '.'),
    port: ports.nac,
    tlsCertificateFile: home.of('nac', 'tls.pem'),
    tlsPrivateKeyFile: home.of('nac', 'tls.key'),
    consoleFile: home.of('nac', 'console.json'),
    metricsTokenFile: home.of('nac', 'metrics.token'),
  })
  writeSettings(home, 'connector', {
    home: home.of('connector', '.'),
    relayUrl: relayUrl(ports),
    relayCaFile: home.of('connector', 'relay-ca.pem'),
  })
  writeSettings(home, 'sample-office', {
    home: home.of('sample-office', '.'),
    port: ports['sample-office'],
    mailPort: ports['sample-mail'],
    syslogPort: ports['sample-syslog'],
    inboxPort: ports['sample-inbox'],
    tlsCertificateFile: home.of('sample-office', 'tls.pem'),
    tlsPrivateKeyFile: home.of('sample-office', 'tls.key'),
    inventoryUrl: `http://${loopback}:${ports.console}/inventory`,
    inventorySecretFile: home.of('sample-office', 'inventory-secret'),
  })
}
