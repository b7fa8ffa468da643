/**
 * Settings of the sample office.
 *
 * @module
 */
import { defineSettings, maybe, path, port, secretFile, url, type SettingsOf } from '@sallygate/base/settings'

const shown = { classification: 'public' } as const

export const sampleOfficeSettings = defineSettings('sample-office', {
  home: path('Where its status file goes.', shown),
  port: port('LDAPS, on loopback only. 0: any free one.', {
    ...shown,
    default: 0,
    because: 'Nobody types it by hand.',
  }),
  mailPort: port('SMTP with STARTTLS, on loopback only. 0: any free one.', {
    ...shown,
    default: 0,
    because: 'Nobody types it by hand.',
  }),
  syslogPort: port('Syslog over UDP, TCP and TLS, on loopback only. 0: any free one.', {
    ...shown,
    default: 0,
    because: 'Nobody types it by hand.',
  }),
  inboxPort: port('Where what came in is shown as JSON, on loopback only. 0: any free one.', {
    ...shown,
    default: 0,
    because: 'Nobody types it by hand.',
  }),
  tlsCertificateFile: path('PEM file with the certificate, made out to 127.0.0.1.', shown),
  tlsPrivateKeyFile: secretFile('PEM file with its key.'),
  inventoryUrl: maybe(url('Where the inventories of its simulated machines go. Without it there are none.', shown)),
  inventorySecretFile: maybe(secretFile('Secret that goes with them. The file may come later.')),
})

export type SampleOfficeSettings = SettingsOf<typeof sampleOfficeSettings>
