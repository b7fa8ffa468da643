/**
 * What a console process is told at its start. Everything else is in its store.
 *
 * @module
 */
import {
  defineSettings,
  integer,
  maybe,
  path,
  port,
  secretFile,
  text,
  url,
  type SettingsOf,
} from '@sallygate/base/settings'
import { proxyFields } from '@sallygate/dial'

export const consoleSettings = defineSettings('console', {
  home: path('Directory of the store, the master key and the status file. Only this user may enter it.', {
    classification: 'public',
  }),
  host: text('Address to listen on. Anything but loopback needs the TLS files.', {
    default: '127.0.0.1',
    because: 'a console without TLS must not be reachable from other machines',
    classification: 'public',
  }),
  port: port('Port to listen on.', {
    default: 2002,
    because: 'beside the relay, the nac and the sample office',
    classification: 'public',
  }),
  tlsCertificateFile: maybe(path('Certificate chain (PEM) to serve with.', { classification: 'public' })),
  tlsPrivateKeyFile: maybe(secretFile('Private key of that certificate (PEM).')),
  allowedHosts: maybe(
    text('Host names, with port where it is not the default, that browsers may use. Separated by commas.', {
      classification: 'public',
    }),
  ),
  maxConnections: integer(
    'Connections held at once; more are closed.',
    { min: 1, max: 65_535 },
    {
      default: 512,
      because: 'administrators and programs, not devices; a flood must not use up the files of the process',
      classification: 'public',
    },
  ),
  sourceAddresses: maybe(
    text(
      'Addresses and networks inside (`10.1.0.0/16`, separated by commas) where other MDM servers may be asked. Public addresses may always.',
      { classification: 'public' },
    ),
  ),
  ...proxyFields,
  // Not classified, and so never shown: somebody may have written a password into it.
  database: maybe(
    url('PostgreSQL instead of the file in `home`: `postgres://user@host:5432/database`, without the password.'),
  ),
  databasePasswordFile: maybe(secretFile('Password of that user. Read anew for each connection.')),
  databaseCaFile: maybe(
    path(
      'Authority (PEM) of the PostgreSQL server’s certificate. TLS is used to every other machine, with or without.',
      {
        classification: 'public',
      },
    ),
  ),
  firstAdminPasswordFile: maybe(
    secretFile('Password of the administrator `admin`, read while there is no administrator.'),
  ),
  firstApiKeyFile: maybe(secretFile('API key (`sgk_…`) of that administrator, read at the same moment.')),
  sampleOfficeUrl: maybe(
    url('Where the sample office of npm start shows what arrived at it. Only on this machine.', {
      classification: 'public',
    }),
  ),
  firstGroup: text('Name of the first organization group.', {
    default: 'Sample',
    because: 'the sample office belongs to it',
    classification: 'public',
  }),
})

export type ConsoleSettings = SettingsOf<typeof consoleSettings>
