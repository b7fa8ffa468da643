/**
 * A Samba Active Directory domain controller on a loopback address of its own: LDAP, LDAPS, StartTLS.
 *
 * Only its LDAP server runs. The ports of Active Directory are fixed, so each one takes
 * another address of 127.0.0.0/8; that needs root, and no name server, no namespace.
 *
 * @module
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '@sallygate/testkit/peers'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { runProgram, startPeer } from './peer-process.ts'

export const sambaBase = 'DC=corp,DC=test'
export const sambaHost = 'dc1.corp.test'
export const sambaDomain = 'CORP'
export const sambaAdmin = { name: 'Administrator@corp.test', password: 'Adm1n!of-the-test' } as const
export const sambaPassword = 'Us3r!of-the-test'

/** Made before the server starts, because their password has to be older than they are. */
export const expiredUser = 'eva'

export interface Samba {
  readonly address: string
  readonly authority: string
  readonly version: string
  stop(): Promise<void>
}

/** @returns why it cannot run here; `undefined` when it can. */
export function missingForSamba(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may use the ports of Active Directory'
  const needed = { samba: 'samba', 'samba-tool': 'samba-ad-dc', ldbadd: 'ldb-tools', faketime: 'faketime' }
  if (!existsSync('/usr/share/samba/setup/provision.ldif')) {
    return 'the templates of a domain are not installed (Debian package samba-ad-provision)'
  }
  const missing = Object.entries(needed).find(([program]) => findProgram(program) === undefined)
  return missing === undefined ? undefined : `${missing[0]} is not installed (Debian package ${missing[1]})`
}

export async function startSamba(people: number): Promise<Samba> {
  // Samba makes sockets below its home, and their paths have to stay short.
  const home = mkdtempSync('/tmp/samba-')
  const at = (name: string) => join(home, name)
  chmodSync(home, 0o755)
  const [low, high] = [20 + Math.floor(Math.random() * 200), 1 + Math.floor(Math.random() * 250)]
  const address = `127.${low}.${high}.10`
  try {
    const authority = await makeTlsAuthority()
    const { cert, key } = await authority.issue([sambaHost])
    for (const name of ['run', 'log', 'tls']) mkdirSync(at(name))
    writeFileSync(at('tls/authority.pem'), authority.certificate)
    writeFileSync(at('tls/server.pem'), cert)
    writeFileSync(at('tls/server.key'), key, { mode: 0o600 })
    provision(home, address)
    writeFileSync(at('smb.conf'), configuration(home, address))
    const database = at('domain/private/sam.ldb')
    const create = ['samba-tool', 'user', 'create', expiredUser, sambaPassword, '-H', database, '-s', at('smb.conf')]
    runProgram('faketime', ['-f', '-3d', ...create])
    runProgram('ldbadd', [`--configfile=${at('smb.conf')}`, '-H', database], crowd(people))
    const peer = await startPeer({
      program: findProgram('samba') as string,
      args: ['--foreground', '--model=single', '--no-process-group', '-s', at('smb.conf')],
      logFile: at('log/stdout'),
      hasChildren: true,
      readyPorts: [389, 636].map((port) => ({ host: address, port })),
    })
    return {
      address,
      authority: authority.certificate,
      version: runProgram('samba-tool', ['--version']).trim(),
      async stop() {
        await peer.stop()
        rmSync(home, { recursive: true, force: true })
      },
    }
  } catch (error) {
    rmSync(home, { recursive: true, force: true })
    throw error
  }
}

function provision(home: string, address: string): void {
  const start = join(home, 'provision.conf')
  writeFileSync(start, '[global]\n')
  const place = ['-s', start, `--targetdir=${join(home, 'domain')}`]
  const domain = ['--realm=CORP.TEST', `--domain=${sambaDomain}`, '--server-role=dc', '--dns-backend=NONE']
  const host = [`--adminpass=${sambaAdmin.password}`, '--host-name=dc1', `--host-ip=${address}`]
  const listen = [`--option=interfaces=${address}/8`, '--option=bind interfaces only=yes']
  runProgram('samba-tool', ['domain', 'provision', ...place, ...domain, ...host, ...listen])
}

function configuration(home: string, address: string): string {
  return [
    '[global]',
    'server role = active directory domain controller',
    'server services = ldap',
    `workgroup = ${sambaDomain}`,
    'realm = CORP.TEST',
    'netbios name = DC1',
    `interfaces = ${address}/8`,
    'bind interfaces only = yes',
    `private dir = ${home}/domain/private`,
    `state directory = ${home}/domain/state`,
    `cache directory = ${home}/domain/cache`,
    `lock directory = ${home}/domain`,
    `pid directory = ${home}/run`,
    `ncalrpc dir = ${home}/ncalrpc`,
    `ntp signd socket directory = ${home}/ntp`,
    `log file = ${home}/log/samba`,
    'ldap server require strong auth = yes',
    'tls enabled = yes',
    `tls keyfile = ${home}/tls/server.key`,
    `tls certfile = ${home}/tls/server.pem`,
    `tls cafile = ${home}/tls/authority.pem`,
    '',
  ].join('\n')
}

/** Many users, and one group that holds them all. */
function crowd(people: number): string {
  const uids = Array.from({ length: people }, (_, index) => `crowd${String(index).padStart(5, '0')}`)
  const users = uids.map((uid) =>
    [
      `dn: CN=${uid},CN=Users,${sambaBase}`,
      'objectClass: user',
      `sAMAccountName: ${uid}`,
      `mail: ${uid}@corp.test`,
      '',
    ].join('\n'),
  )
  const group = [
    `dn: CN=crowd,CN=Users,${sambaBase}`,
    'objectClass: group',
    'sAMAccountName: crowd',
    ...uids.map((uid) => `member: CN=${uid},CN=Users,${sambaBase}`),
    '',
  ].join('\n')
  return [...users, group, ''].join('\n')
}
