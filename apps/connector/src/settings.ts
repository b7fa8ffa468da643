/**
 * What an administrator of the host can set, and why the defaults are what they are.
 *
 * What a service needs (servers, accounts) is not here: that comes from the console.
 * What the services may do is not here either: that is policy.toml.
 *
 * @module
 */
import { defineSettings, durationMs, integer, maybe, oneOf, path, url, type SettingsOf } from '@sallygate/base/settings'
import { readSettingsFile } from '@sallygate/base/settings-file'
import { proxyFields } from '@sallygate/dial'

const open = { classification: 'public' } as const

export const connectorSettings = defineSettings('connector', {
  home: path('Where identity, policy, journal and status of this connector are.', open),
  relayUrl: maybe(
    url('Where to dial, wss://…; the connector dials, it never listens. Without it: what enrollment recorded.', open),
  ),
  relayCaFile: maybe(
    path('Certificates (PEM) the relay’s TLS may chain to, besides the product root and those of the system.', open),
  ),
  ...proxyFields,
  logLevel: oneOf(['debug', 'info', 'warn', 'error'], 'How much is logged.', { ...open, default: 'info' }),
  reportEvery: durationMs('How often the connector says how it is.', {
    ...open,
    default: 60_000,
    because: 'the console shows a silent connector after two missed reports, and a newer trust set comes in the answer',
  }),
  helloEvery: durationMs('How often the session is said anew, with a fresh look at the console’s key.', {
    ...open,
    default: 6 * 3_600_000,
    because: 'trust sets live 24 hours and are renewed every six, so three in a row may be missed',
  }),
  policyPollEvery: durationMs('How often policy.toml is looked at for a change.', {
    ...open,
    default: 2_000,
    because: 'one stat(2) each; an administrator who narrows the policy expects it to hold at once',
  }),
  maxInFlight: integer(
    'Operations at the same time.',
    { min: 1, max: 1024 },
    {
      ...open,
      default: 64,
      because: 'twice the window of the relay; beyond it waiting costs more than refusing',
    },
  ),
  maxPerService: integer(
    'Operations of one service at the same time.',
    { min: 1, max: 1024 },
    {
      ...open,
      default: 16,
      because: 'a quarter of all: one service whose server hangs leaves room for the others',
    },
  ),
  drainWithin: durationMs('How long work in flight may take to finish when the connector is stopped.', {
    ...open,
    default: 3_000,
    because: 'the supervisor waits five seconds, and saying goodbye to the relay needs some of them',
  }),
})

export type ConnectorSettings = SettingsOf<typeof connectorSettings>

/** @throws FILE_MISSING, FILE_UNREADABLE, SETTINGS_*. */
export function readConnectorSettings(file: string): ConnectorSettings {
  return connectorSettings.parse([readSettingsFile(file)])
}
