/**
 * What the nac process is told at its start.
 *
 * @module
 */
import { defineSettings, path, port, secretFile, text, type SettingsOf } from '@sallygate/base/settings'

const open = { classification: 'public' } as const

export const nacSettings = defineSettings('nac', {
  home: path('Where its status file is.', open),
  host: text('Address to listen on.', {
    ...open,
    default: '127.0.0.1',
    because: 'nothing is reachable from elsewhere until somebody says so',
  }),
  port: port('Port to listen on.', {
    ...open,
    default: 2003,
    because: 'beside the relay, the console and the sample office',
  }),
  tlsCertificateFile: path('Certificate chain (PEM) to serve with.', open),
  tlsPrivateKeyFile: secretFile('Private key of that certificate (PEM).'),
})

export type NacSettings = SettingsOf<typeof nacSettings>
