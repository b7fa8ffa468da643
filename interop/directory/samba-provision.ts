/**
 * Making a Samba domain: what every one of these suites has in common, its database and where its parts lie.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from './peer-process.ts'

export interface SambaProvision {
  readonly realm: string
  readonly domain: string
  readonly adminPassword: string
  readonly address: string
  readonly dnsBackend: 'SAMBA_INTERNAL' | 'NONE'
}

/** Below `home`, in the folder `domain`. Takes seconds. */
export function provisionSamba(home: string, wanted: SambaProvision): void {
  const { realm, domain, adminPassword, address, dnsBackend } = wanted
  const start = join(home, 'provision.conf')
  writeFileSync(start, '[global]\n')
  const place = ['-s', start, `--targetdir=${join(home, 'domain')}`]
  const what = [`--realm=${realm}`, `--domain=${domain}`, '--server-role=dc', `--dns-backend=${dnsBackend}`]
  const host = [`--adminpass=${adminPassword}`, '--host-name=dc1', `--host-ip=${address}`]
  const listen = [`--option=interfaces=${address}/8`, '--option=bind interfaces only=yes']
  runProgram('samba-tool', ['domain', 'provision', ...place, ...what, ...host, ...listen])
}

/** Where a domain controller listens and keeps things. */
export type SambaPlaces = Pick<SambaProvision, 'realm' | 'domain' | 'address'> & { readonly name?: string }

/** Lines of a configuration: one domain controller on one address, with everything of it below `home`. */
export function sambaPlaces(home: string, { realm, domain, address, name = 'DC1' }: SambaPlaces): readonly string[] {
  return [
    `workgroup = ${domain}`,
    `realm = ${realm}`,
    `netbios name = ${name}`,
    `interfaces = ${address}/8`,
    'bind interfaces only = yes',
    `private dir = ${home}/domain/private`,
    `state directory = ${home}/domain/state`,
    `cache directory = ${home}/domain/cache`,
    `lock directory = ${home}/domain`,
    `pid directory = ${home}/run`,
    `ncalrpc dir = ${home}/ncalrpc`,
    `ntp signd socket directory = ${home}/ntp`,
  ]
}
