/**
 * The directory service with the settings that each kind of server here needs.
 *
 * @module
 */
import { directoryService } from '@sallygate/service-directory/agent'
import { ServiceLife } from '@sallygate/service-kit'
import { testServiceHost } from '@sallygate/testkit/service-host'
import { sambaAdmin, type SambaServer } from '../directory/samba-server.ts'
import { adBase } from './active-directory.ts'
import { disabledMark, genericBase, genericReader } from './generic.ts'
import { adShape, genericShape, readDirectory, type Picture } from './oracle.ts'

interface TlsServer {
  readonly ldapsPort: number
  readonly authority: string
}

/** For servers that hold the office as `generic.ts` writes it, in order of preference. */
export function genericSettings(
  servers: readonly TlsServer[],
  identifier: 'entryUUID' | 'nsUniqueId' = 'entryUUID',
): Record<string, unknown> {
  return {
    type: 'generic',
    servers: servers.map(({ ldapsPort }) => ({ host: '127.0.0.1', port: ldapsPort, certificateName: 'localhost' })),
    trust: servers.map(({ authority }) => authority).join('\n'),
    bindDn: genericReader.dn,
    bindPassword: genericReader.password,
    baseDn: genericBase,
    objectIdentifier: { attribute: identifier, dataType: 'text' },
    disabledRule: { kind: 'value', ...disabledMark },
  }
}

export function adSettings(servers: readonly SambaServer[]): Record<string, unknown> {
  return {
    type: 'activeDirectory',
    servers: servers.map(({ address, host }) => ({ host: address, port: 636, certificateName: host })),
    trust: servers.map(({ authority }) => authority).join('\n'),
    bindDn: sambaAdmin.name,
    bindPassword: sambaAdmin.password,
    baseDn: adBase,
  }
}

export async function startLife(settings: Record<string, unknown>): Promise<ServiceLife> {
  const life = new ServiceLife(directoryService, testServiceHost())
  const state = await life.configure(settings)
  if (state.kind === 'failed') throw new Error(`${state.code}: ${state.reason}`)
  return life
}

export function readGeneric(
  { ldapsPort, authority }: TlsServer,
  identifier: 'entryUUID' | 'nsUniqueId' = 'entryUUID',
): Promise<Picture> {
  return readDirectory({
    url: `ldaps://127.0.0.1:${ldapsPort}`,
    authority,
    serverName: 'localhost',
    user: genericReader.dn,
    password: genericReader.password,
    base: genericBase,
    shape: genericShape(identifier),
  })
}

export function readAd({ address, authority, host }: SambaServer): Promise<Picture> {
  return readDirectory({
    url: `ldaps://${address}:636`,
    authority,
    serverName: host,
    user: sambaAdmin.name,
    password: sambaAdmin.password,
    base: adBase,
    shape: adShape,
  })
}
