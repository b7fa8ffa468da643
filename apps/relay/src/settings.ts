/**
 * The relay's settings. Nothing secret is a value here: keys and tokens are files.
 *
 * @module
 */
import {
  defineSettings,
  durationMs,
  integer,
  maybe,
  oneOf,
  path,
  port,
  secretFile,
  text,
  type SettingsOf,
} from '@sallygate/base/settings'

const shown = { classification: 'public' } as const

export const relaySettings = defineSettings('relay', {
  address: text('The address to listen on.', {
    ...shown,
    default: '0.0.0.0',
    because: 'Consoles and connectors come from other machines; a relay on loopback serves nobody.',
  }),
  port: port('The one HTTPS port for everything.', {
    ...shown,
    default: 2001,
    because: 'The port AWCM has, so existing firewall rules keep working.',
  }),
  tlsCertificateFile: path(
    'PEM file with the TLS certificate and its intermediates. Read again when it changes.',
    shown,
  ),
  tlsKeyFile: secretFile('PEM file with the key of the TLS certificate: transport only, it opens no cargo.'),
  secureChannelFile: path('The file that the console exported for this relay. Read again when it changes.', shown),
  admissionFile: path('Where the last admission list is kept. The relay writes it.', shown),
  tokenFile: maybe(secretFile('Bearer token for statistics and metrics. Without it these pages do not exist.')),
  statusFile: maybe(path('Where the supervisor reads how the relay is.', shown)),
  internalPort: maybe(
    port('Plain HTTP for a TLS offloader in front. Off unless given, and shown in red wherever it is on.', shown),
  ),
  internalAddress: text('The address of the plain listener.', {
    ...shown,
    default: '127.0.0.1',
    because: 'An offloader on another machine is a decision somebody should have to write down.',
  }),
  maxConnections: integer(
    'Sockets at once, proven or not.',
    { min: 4, max: 16_000 },
    {
      ...shown,
      default: 10_000,
      because: 'One roster frame holds 16,384 entries; this leaves it room.',
    },
  ),
  maxUnproven: integer(
    'Sockets at once that have proven nothing yet.',
    { min: 1, max: 16_000 },
    {
      ...shown,
      default: 1024,
      because: 'At 64 KiB each, strangers hold 64 MiB at most.',
    },
  ),
  maxUnprovenPerAddress: integer(
    'The same, from one address.',
    { min: 1, max: 16_000 },
    {
      ...shown,
      default: 64,
      because: 'A company behind one address reconnects in waves; one stranger must not take every place.',
    },
  ),
  attachmentsPerSecond: integer(
    'Attachments begun in a second; more are sent away with a time to come back.',
    { min: 1, max: 100_000 },
    {
      ...shown,
      default: 200,
      because: 'About a fifth of one core for handshakes; 10,000 peers are back within a minute.',
    },
  ),
  guestsPerMinute: integer(
    'Guests in a minute. A guest enrolls; that is rare.',
    { min: 1, max: 100_000 },
    {
      ...shown,
      default: 120,
      because: 'A roll-out to a hundred hosts passes, a guesser does not.',
    },
  ),
  queueTotalMebibytes: integer(
    'Cargo that waits in memory for slow peers, all together.',
    { min: 1, max: 65_536 },
    {
      ...shown,
      default: 256,
      because: 'Thirty-two peers with a full 8 MiB queue; the relay keeps the rest of a small machine.',
    },
  ),
  busPort: maybe(port('Where the other nodes of this relay reach this one. Without it the relay is one node.', shown)),
  busAddress: text('The address the bus listens on.', {
    ...shown,
    default: '127.0.0.1',
    because: 'Nodes on other machines are a decision somebody should have to write down.',
  }),
  busPeers: maybe(
    text('The other nodes as host:port, separated by commas. The same list may be given to all of them.', shown),
  ),
  busKeyFile: maybe(
    secretFile('What the nodes know each other by: the same file of 32 bytes or more on each. It opens no cargo.'),
  ),
  sessionAge: durationMs('How old a session may become before its peer is asked to make a new one beside it.', {
    ...shown,
    default: 5_400_000,
    because: 'Peers renew by themselves after 30 to 60 minutes; this is for those that do not.',
  }),
  drainMs: durationMs('How long peers may take to leave when the relay stops.', {
    ...shown,
    default: 3000,
    because: 'Under the four seconds after which the process ends anyway.',
  }),
  logLevel: oneOf(['debug', 'info', 'warn', 'error'], 'What is logged.', {
    ...shown,
    default: 'info',
    because: 'One line per attachment, none per cargo.',
  }),
})

export type RelaySettings = SettingsOf<typeof relaySettings>
