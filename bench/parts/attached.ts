/**
 * A relay as a process, and ends attached to it whose envelopes are made here: the gate
 * without console, store and services, to see what hop and envelope cost by themselves.
 *
 * @module
 */
import { generateKeyPairSync, type KeyObject } from 'node:crypto'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@sallygate/base/log'
import { dial, type DialOptions, type HopClient } from '@sallygate/dial'
import {
  consoleAddress,
  encodeSecureChannel,
  randomId,
  rawPublicKey,
  signAdmission,
  signWith,
  type AdmissionEntry,
  type RelayId,
} from '@sallygate/hop'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { startProgram, type StartedProgram } from './processes.ts'

export interface BenchRelay {
  readonly url: string
  readonly relay: RelayId
  readonly authority: string
  readonly program: StartedProgram
  /** Killed with -9, and started again on the same port. */
  restart(): Promise<void>
  /** The console's client, and how it lets somebody in. */
  readonly console: HopClient
  admit(entries: readonly AdmissionEntry[]): Promise<void>
  stop(): Promise<void>
}

export interface BenchRelayOptions {
  readonly console?: Partial<DialOptions>
  readonly settings?: Readonly<Record<string, unknown>>
  /** Without TLS, as behind a load balancer that takes it off. */
  readonly isPlain?: boolean
}

export function keyed(key: KeyObject = generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey) {
  return { publicKey: rawPublicKey(key), sign: signWith(key), software: 'bench/1', log: silentLog }
}

export async function startBenchRelay(options: BenchRelayOptions = {}): Promise<BenchRelay> {
  const home = mkdtempSync(join(tmpdir(), 'sallygate-bench-relay-'))
  const write = (name: string, content: string | Buffer) => {
    writeFileSync(join(home, name), content, { mode: 0o600 })
    return join(home, name)
  }
  const authority = await makeTlsAuthority()
  const { key, cert } = await authority.issue(['localhost'])
  const relay = randomId()
  const consoleKeys = keyed()
  const status = join(home, 'status.json')
  const values = {
    address: '127.0.0.1',
    port: 0,
    tlsCertificateFile: write('tls.pem', cert),
    tlsKeyFile: write('tls.key', key),
    secureChannelFile: write('channel.json', encodeSecureChannel({ relay, consoles: [consoleKeys.publicKey] })),
    admissionFile: join(home, 'admission.bin'),
    statusFile: status,
    logLevel: 'warn',
    drainMs: '100ms',
    ...options.settings,
  }
  const files = { settings: join(home, 'settings.json'), status }
  let program = await startProgram('relay', values, files)
  const port = Number(program.facts[options.isPlain === true ? 'internalPort' : 'port'])
  const url = `${options.isPlain === true ? 'http' : 'https'}://localhost:${port}/awcm`
  const client = dial({
    ...consoleKeys,
    relayUrl: `https://localhost:${Number(program.facts['port'])}/awcm`,
    expectedRelay: relay,
    tls: { ca: [authority.certificate] },
    address: consoleAddress(randomId()),
    ...options.console,
  })
  await client.attached()
  let number = 0
  return {
    url,
    relay,
    authority: authority.certificate,
    get program() {
      return program
    },
    console: client,
    async restart() {
      await program.stop('SIGKILL')
      program = await startProgram('relay', { ...values, port }, files)
      await client.attached()
    },
    async admit(entries) {
      number++
      const list = await signAdmission({ relay, number, issuedAt: new Date(), entries }, consoleKeys.sign)
      await client.admit(number, list)
    },
    async stop() {
      await client.stop()
      await program.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
