/**
 * A device that joins the network: eapol_test with a client certificate and an address.
 *
 * @module
 */
import { spawn } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { sharedSecret } from './radius-server.ts'

export interface Joined {
  readonly isAccepted: boolean
  readonly vlan: string | undefined
  readonly says: string | undefined
  readonly output: string
}

export interface Joining {
  readonly home: string
  readonly port: number
  readonly mac: string
  readonly authority: string
  /** PEM, with its key beside it. */
  readonly certificate: string
}

export async function joinNetwork({ home, port, mac, authority, certificate }: Joining): Promise<Joined> {
  const file = join(home, `supplicant-${mac.replaceAll(/\W/g, '')}.conf`)
  const network = [
    'network={',
    '  ssid="lab"',
    '  key_mgmt=WPA-EAP',
    '  eap=TLS',
    '  identity="host/device.lab.test"',
    `  ca_cert="${authority}"`,
    '  domain_match="radius.lab.test"',
    `  client_cert="${certificate}"`,
    `  private_key="${certificate.replace(/\.pem$/, '.key')}"`,
    '  eapol_flags=0',
    '}',
  ]
  writeFileSync(file, `${network.join('\n')}\n`)
  const args = ['-c', file, '-a', '127.0.0.1', '-p', String(port), '-s', sharedSecret, '-M', mac, '-t', '25']
  const { code, output } = await run('eapol_test', args)
  return {
    isAccepted: code === 0,
    vlan: textOf(attribute(output, 81)),
    says: attribute(output, 18),
    output,
  }
}

/** eapol_test prints attributes as hex below their number. */
function attribute(output: string, number: number): string | undefined {
  const [, value] = new RegExp(`Attribute ${number} \\([^)]*\\)[^\\n]*\\n\\s+Value: '?([^'\\n]*)`).exec(output) ?? []
  return value
}

/** A tagged attribute is printed as bytes, its tag first where it has one. */
function textOf(hex: string | undefined): string | undefined {
  return hex === undefined ? undefined : Buffer.from(hex, 'hex').toString('latin1')
}

function run(program: string, args: readonly string[]): Promise<{ code: number | null; output: string }> {
  // Asynchronous: nac may be in this very process.
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'] })
    const said: Buffer[] = []
    child.stdout.on('data', (chunk: Buffer) => said.push(chunk))
    child.stderr.on('data', (chunk: Buffer) => said.push(chunk))
    child.once('error', reject)
    child.once('close', (code) => resolve({ code, output: Buffer.concat(said).toString('utf8') }))
  })
}
