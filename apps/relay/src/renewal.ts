/**
 * Renewal: files that change under a running relay, and what is done about it.
 *
 * @module
 */
import type { Clock, Timer } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { AdmissionBook } from './admission-book.ts'
import { loadCertificate, type ServerCertificate } from './certificate.ts'
import type { Reception } from './reception.ts'
import type { RelaySettings } from './settings.ts'
import { watchFiles } from './watched-files.ts'

export interface RenewalOptions {
  readonly clock: Clock
  readonly log: Log
  readonly settings: RelaySettings
  readonly book: AdmissionBook
  readonly reception: Reception
  readonly certificateChanged: (certificate: ServerCertificate) => void
}

export function watchRenewals(options: RenewalOptions): readonly Timer[] {
  const { clock, log, settings, book, reception } = options
  const { tlsCertificateFile, tlsKeyFile, secureChannelFile } = settings
  const renewCertificate = () => {
    const certificate = loadCertificate(tlsCertificateFile, tlsKeyFile)
    options.certificateChanged(certificate)
    log.info('TLS certificate replaced', { notAfter: certificate.notAfter.toISOString() })
  }
  const renewChannel = () => {
    book.reloadChannel()
    reception.cutUnadmitted()
    log.info('secure channel imported again')
  }
  return [
    watchFiles(clock, [tlsCertificateFile, tlsKeyFile], renewCertificate, (error) =>
      log.warn('new TLS certificate not used', { error }),
    ),
    watchFiles(clock, [secureChannelFile], renewChannel, (error) => log.warn('new secure channel not used', { error })),
  ]
}
