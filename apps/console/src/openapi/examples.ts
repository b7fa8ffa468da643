/**
 * Examples of bodies. A test sends each through the schema of its row.
 *
 * @module
 */
import type { Route } from '../http/route.ts'

export const examples: Readonly<Record<string, unknown>> = {
  'POST /api/groups': { name: 'Berlin', parent: 'Sample' },
  'PUT /api/relay': {
    enabled: true,
    externalUrl: 'https://relay.example.com:2001',
    internalUrl: 'https://10.1.2.3:2001',
  },
  'POST /api/tls-certificates': { commonName: 'Relay', dnsNames: ['relay.example.com'], ipAddresses: ['10.1.2.3'] },
  'POST /api/groups/:group/enrollment-codes': { name: 'Berlin 1', validMinutes: 30 },
  'POST /api/groups/:group/installer': { uses: 1, days: 7 },
  'POST /api/groups/:group/call': {
    operation: 'directory.search',
    parameters: { base: 'users', text: 'Ada' },
    deadlineMs: 10_000,
  },
  'PUT /api/groups/:group/services/:service': {
    settings: { host: 'dc1.example.com', port: 636, security: 'tls', bindPassword: 'correct horse battery' },
  },
}

export function exampleOf({ method, path }: Pick<Route, 'method' | 'path'>): unknown {
  return examples[`${method} ${path}`]
}
