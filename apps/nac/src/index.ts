/**
 * nac: what Cisco ISE and other NACs ask. So far it answers its health.
 *
 * It needs nothing else alive: no store, no relay, no console. Its certificate is
 * read again when the file changes, so that renewing it drops nobody.
 *
 * @module
 */
import { statSync } from 'node:fs'
import { join } from 'node:path'
import { every, type Clock } from '@sallygate/base/clock'
import { readFile, readPrivateFile } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { writeStatus, type Running } from '@sallygate/base/process'
import { listen } from './listener.ts'
import type { NacSettings } from './settings.ts'

export { nacSettings, type NacSettings } from './settings.ts'

export const version = '0.1.0'

export interface Nac extends Running {
  readonly url: string
}

/** @throws FILE_*, LISTEN_*. */
export async function startNac(
  settings: NacSettings,
  host: { readonly clock: Clock; readonly log: Log },
): Promise<Nac> {
  const upSince = host.clock.now().toISOString()
  const listener = await listen({
    host: settings.host,
    port: settings.port,
    certificate: readFile(settings.tlsCertificateFile),
    privateKey: readPrivateFile(settings.tlsPrivateKeyFile),
    log: host.log,
    health: () => ({ status: 'ok', version, upSince }),
  })
  const watcher = watchCertificate(settings, host, (certificate, privateKey) =>
    listener.replaceCertificate(certificate, privateKey),
  )
  const url = `https://${settings.host}:${listener.port}`
  const status = { part: 'nac', pid: process.pid, state: 'up', since: upSince, facts: { url } } as const
  writeStatus(join(settings.home, 'status.json'), status)
  host.log.info('nac is up', { url })
  return {
    url,
    async stop() {
      watcher.cancel()
      await listener.close()
    },
  }
}

function watchCertificate(
  settings: NacSettings,
  host: { readonly clock: Clock; readonly log: Log },
  replace: (certificate: Buffer, privateKey: Buffer) => void,
) {
  const changedMs = () => statSync(settings.tlsCertificateFile, { throwIfNoEntry: false })?.mtimeMs
  let seen = changedMs()
  return every(host.clock, 10_000, () => {
    const now = changedMs()
    if (now === undefined || now === seen) return
    try {
      replace(readFile(settings.tlsCertificateFile), readPrivateFile(settings.tlsPrivateKeyFile))
      seen = now
      host.log.info('certificate replaced')
    } catch (error) {
      // Half of a new pair may be on the disk; the old one serves until both halves fit.
      host.log.warn('certificate not replaced', { error })
    }
  })
}
