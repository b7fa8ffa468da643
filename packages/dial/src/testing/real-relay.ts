/**
 * The real relay, with a console whose keys it knows. For tests only.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { encodeSecureChannel, randomId, signAdmission, type AdmissionEntry } from '@sallygate/hop'
import { relaySettings, startRelay } from '@sallygate/relay'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { keyed, type Bench } from './peers.ts'

export async function realRelay(bench: Bench, more: Readonly<Record<string, unknown>> = {}) {
  const directory = mkdtempSync(join(tmpdir(), 'sallygate-dial-'))
  bench.keep({ stop: () => rmSync(directory, { recursive: true }) })
  const authority = await makeTlsAuthority()
  const { key, cert } = await authority.issue(['localhost'])
  const relay = randomId()
  const consoleKeys = keyed()
  const write = (name: string, content: string | Buffer) => {
    writeFileSync(join(directory, name), content, { mode: 0o600 })
    return join(directory, name)
  }
  const values = {
    address: '127.0.0.1',
    port: 0,
    tlsCertificateFile: write('tls.pem', cert),
    tlsKeyFile: write('tls.key', key),
    secureChannelFile: write('channel.json', encodeSecureChannel({ relay, consoles: [consoleKeys.publicKey] })),
    admissionFile: join(directory, 'admission.bin'),
    drainMs: '100ms',
    ...more,
  }
  const settings = relaySettings.parse([{ name: 'test', values }])
  const running = await startRelay({ settings, clock: systemClock, log: silentLog })
  bench.keep(running)
  const at = { url: `https://localhost:${running.port}/awcm`, relay }
  const list = (number: number, entries: readonly AdmissionEntry[]) =>
    signAdmission({ relay, number, issuedAt: new Date(), entries }, consoleKeys.sign)
  return { at, running, consoleKeys, list, tls: { ca: [authority.certificate] } }
}
