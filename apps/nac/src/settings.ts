/**
 * What the nac process is told at its start.
 *
 * @module
 */
import {
  defineSettings,
  flag,
  maybe,
  path,
  port,
  secretFile,
  text,
  url,
  type SettingsOf,
} from '@sallygate/base/settings'

const open = { classification: 'public' } as const

export const nacSettings = defineSettings('nac', {
  home: path(
    'Where its status file, its read-model and its journal of actions are. Only this user may enter it.',
    open,
  ),
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
  tlsCertificateFile: path('Certificate chain (PEM) to serve with. Renewed in place when the console issued it.', open),
  tlsPrivateKeyFile: secretFile('Private key of that certificate (PEM).'),
  consoleFile: maybe(
    secretFile('What the console exported for this nac (`sallygate nac export`): address, keys, credential.'),
  ),
  metricsTokenFile: maybe(secretFile('Whoever shows this token may read /metrics. Without it they are closed.')),
  asksForCertificates: flag('Whether clients are asked for a certificate, for accounts that demand one.', {
    ...open,
    default: false,
    because: 'some clients of the NAC APIs stumble over being asked',
  }),
  publicUrl: maybe(
    url('How clients reach this nac, where that is not its address and port; shown to administrators.', open),
  ),
})

export type NacSettings = SettingsOf<typeof nacSettings>
