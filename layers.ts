/**
 * Layers: who may import whom, and why.
 *
 * Data, not prose: scripts/check-layers.ts holds every import of every source file
 * against these rows and prints the reason of the one that was broken. Tests may
 * import anything; these rows are about what ships.
 *
 * @module
 */

export interface Layer {
  /** Folder from the root of the repository; `*` stands for one name. */
  readonly folder: string
  /** Folders it may import, besides itself. `{same}` is the name that `*` stood for. */
  readonly imports: readonly string[]
  /** Why the line is where it is. */
  readonly because: string
}

export const layers: readonly Layer[] = [
  { folder: 'packages/base', imports: [], because: 'the floor: whatever it imported, everything would import' },
  {
    folder: 'packages/hop',
    imports: ['packages/base'],
    because: 'routing only; it must be impossible to open an envelope from here',
  },
  {
    folder: 'packages/trust',
    imports: ['packages/base'],
    because: 'certificates and trust sets know nothing of how messages travel',
  },
  {
    folder: 'packages/envelope',
    imports: ['packages/base', 'packages/trust'],
    because: 'never hop: an envelope must work over any pipe',
  },
  {
    folder: 'packages/dial',
    imports: ['packages/base', 'packages/hop'],
    because: 'moves cargo and cannot open it; the signer is handed in',
  },
  {
    folder: 'packages/bundle',
    imports: ['packages/base', 'packages/trust'],
    because: 'an update is verified by code that cannot reach the network',
  },
  { folder: 'packages/service-kit', imports: ['packages/base'], because: 'what a service is, without any service' },
  {
    folder: 'packages/agent-kit',
    imports: ['packages/base', 'packages/service-kit', 'packages/trust'],
    because: 'opens sockets to back-ends, so only what runs inside the network may import it',
  },
  { folder: 'packages/domain', imports: ['packages/base'], because: 'rules without storage' },
  { folder: 'packages/store', imports: ['packages/base', 'packages/domain'], because: 'storage without transport' },
  {
    folder: 'protocols/*',
    imports: ['packages/base'],
    because: "a codec of somebody else's protocol has no opinions about us",
  },
  {
    folder: 'services/*/contract',
    imports: ['packages/base', 'packages/service-kit'],
    because: 'both ends import it, so it does no input or output',
  },
  {
    folder: 'services/*/agent',
    imports: [
      'services/{same}/contract',
      'packages/base',
      'packages/agent-kit',
      'packages/service-kit',
      'packages/trust',
      'protocols/*',
    ],
    because: 'runs inside the network: never another service, never dial or envelope',
  },
  {
    folder: 'apps/relay',
    imports: ['packages/base', 'packages/hop'],
    because: 'the relay must not be able to open or sign anything: never envelope, trust or services',
  },
  {
    folder: 'apps/connector',
    imports: [
      'packages/base',
      'packages/dial',
      'packages/envelope',
      'packages/trust',
      'packages/bundle',
      'packages/service-kit',
      'services/*/contract',
      'services/*/agent',
      'protocols/ntlm',
      'protocols/kerberos',
    ],
    because: 'never domain or store: what the console knows, the connector is told in a signed message',
  },
  {
    folder: 'apps/console',
    imports: [
      'packages/base',
      'packages/dial',
      'packages/hop',
      'packages/envelope',
      'packages/trust',
      'packages/bundle',
      'packages/service-kit',
      'packages/domain',
      'packages/store',
      'services/*/contract',
      'protocols/scep',
      'protocols/ntlm',
      'protocols/ise-mdm',
      'protocols/workspace-one',
      'protocols/fusion-inventory',
      'protocols/syslog',
    ],
    because:
      "never a service's agent: direct means a connector beside the console (hop: it signs the relay's admission list, decision 0002; ntlm: a proxy on its way to the relay may ask for it; syslog: it shows a line before anything is sent)",
  },
  {
    folder: 'apps/nac',
    imports: ['packages/base', 'packages/domain', 'packages/trust', 'protocols/ise-mdm', 'protocols/workspace-one'],
    because: 'never store, dial or envelope: it answers with nothing else alive',
  },
  {
    folder: 'apps/sample-office',
    imports: ['packages/base', 'packages/trust', 'protocols/*'],
    because: 'simulates other people’s servers: it must not know how Sallygate talks',
  },
  {
    folder: 'apps/supervisor',
    imports: ['packages/base', 'packages/trust'],
    because: 'starts parts as processes and talks to them as any client would',
  },
  {
    folder: 'apps/cli',
    imports: [
      'packages/base',
      'packages/trust',
      'packages/service-kit',
      'packages/store',
      'services/*/contract',
      'apps/supervisor',
      'apps/connector',
      'apps/hub',
      'protocols/ise-mdm',
    ],
    because:
      'a client of the public API; it composes what an administrator starts on a host, and repairs the files of a console that is stopped',
  },
  {
    folder: 'apps/web',
    imports: [],
    because: 'a client of the public API like any other: what it needs to know, the API answers',
  },
  {
    folder: 'apps/hub',
    imports: ['packages/base', 'packages/trust'],
    because: 'a device agent is a client of the public API',
  },
]

/** Imported only from tests: no shipped file may reach them. */
export const testOnly: readonly string[] = ['packages/testkit', 'interop', 'e2e', 'bench']

/** Things no file under a folder may import, whatever its layer says. */
export const forbiddenModules: readonly {
  readonly folder: string
  readonly modules: readonly string[]
  readonly because: string
}[] = [
  {
    folder: 'packages/bundle',
    modules: ['node:net', 'node:tls', 'node:http', 'node:https', 'node:dgram', 'ws', 'undici'],
    because: 'verification must not be able to reach the network',
  },
]

/** Calls that open a listening socket, and the folders where none may appear. */
export const mustNotListen = {
  folders: [
    'apps/connector',
    'packages/dial',
    'packages/envelope',
    'packages/trust',
    'packages/service-kit',
    'packages/agent-kit',
    'services',
  ],
  calls: /\b(?:createServer|createSecureServer|WebSocketServer)\b|\.listen\(/,
  because: 'the connector only dials out; it has no listening socket of any family',
} as const
