/**
 * A Samba Active Directory domain controller on a loopback address of its own: LDAP, LDAPS, StartTLS.
 *
 * Only its LDAP server runs, and where a domain was made with DNS the name server and the
 * LDAP ping as well. The ports of Active Directory are fixed, so each one takes
 * another address of 127.0.0.0/8; that needs root, and no name server, no namespace.
 * What is in the domain is the caller's; see `samba.ts` for the one of this folder.
 *
 * @module
 */
import { chmodSync, cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '@sallygate/testkit/peers'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { runProgram, startPeer, type RunningPeer } from './peer-process.ts'
import { provisionSamba, sambaPlaces } from './samba-provision.ts'

export const sambaBase = 'DC=corp,DC=test'
export const sambaHost = 'dc1.corp.test'
export const sambaDomain = 'CORP'
const realm = 'CORP.TEST'
export const sambaAdmin = { name: 'Administrator@corp.test', password: 'Adm1n!of-the-test' } as const

export interface SambaServer {
  readonly address: string
  /** PEM of the authority of its certificate, which is made out to `host`. */
  readonly authority: string
  readonly host: string
  readonly version: string
  readonly configurationFile: string
  /** The running process; another one after `restart`. */
  readonly process: RunningPeer
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface SambaDomain {
  /** Starts a domain controller over a copy of the domain as it was made. */
  start(options?: SambaServerOptions): Promise<SambaServer>
  /** Starts another one that joins the domain of the first, which `takesOthers`, and replicates from it. */
  join(first: SambaServer, name: string): Promise<ReplicatedServer>
  /** Removes what was made; the domain controllers have to be stopped by themselves. */
  remove(): void
}

/** A domain controller of its own, with its own numbers, that has what it was given by replication. */
export interface ReplicatedServer extends SambaServer {
  /** Fetches what has changed at the first one since, as domain controllers do (DRSUAPI). */
  replicate(): void
}

export interface SambaServerOptions {
  /** The name in its certificate. */
  readonly host?: string
  /** Makes it another domain controller than the first, as far as cursors are concerned: 16 bytes. */
  readonly invocationId?: Uint8Array
  /** Others may join it and replicate from it: its RPC server runs as well. */
  readonly takesOthers?: boolean
}

export interface SambaDomainOptions {
  /** Zones in the domain, a name server on UDP and TCP 53 of its address, and the ping of domain controllers on UDP 389. */
  readonly dns?: boolean
  /** A KDC on port 88 of its address, and GSSAPI inside TLS as Windows takes it. */
  readonly kdc?: boolean
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

/**
 * Provisions a domain and fills it, which takes seconds; starting controllers over it does not.
 *
 * @param fill Gets the database and the configuration to open it with.
 */
export function makeSambaDomain(
  fill: (database: string, configurationFile: string) => void,
  options: SambaDomainOptions = {},
): SambaDomain {
  // Samba makes sockets below its home, and their paths have to stay short.
  const made = mkdtempSync('/tmp/samba-')
  const remove = () => rmSync(made, { recursive: true, force: true })
  process.once('exit', remove)
  try {
    chmodSync(made, 0o755)
    provision(made, options)
    writeFileSync(join(made, 'smb.conf'), configuration(made, '127.0.0.1'))
    fill(join(made, 'domain/private/sam.ldb'), join(made, 'smb.conf'))
  } catch (error) {
    remove()
    throw error
  }
  return {
    start: (server) => startServer(made, options, server),
    join: (first, name) => joinServer(options, first, name),
    remove() {
      process.off('exit', remove)
      remove()
    },
  }
}

/** Adds or changes entries from below, where nobody checks and passwords may be absent. */
export function ldb(program: 'ldbadd' | 'ldbmodify', database: string, configurationFile: string, ldif: string): void {
  runProgram(program, [`--configfile=${configurationFile}`, '--nosync', '-H', database], ldif, 180_000)
}

async function startServer(
  made: string,
  domain: SambaDomainOptions,
  options: SambaServerOptions = {},
): Promise<SambaServer> {
  const { host = sambaHost, invocationId, takesOthers = false } = options
  const place = makePlace()
  try {
    cpSync(join(made, 'domain'), join(place.home, 'domain'), { recursive: true, preserveTimestamps: true })
    writeFileSync(place.configurationFile, configuration(place.home, place.address, { ...domain, takesOthers }))
    if (invocationId !== undefined) setInvocationId(place.home, invocationId)
    return await run(place, host, takesOthers)
  } catch (error) {
    rmSync(place.home, { recursive: true, force: true })
    throw error
  }
}

async function joinServer(domain: SambaDomainOptions, first: SambaServer, name: string): Promise<ReplicatedServer> {
  const place = makePlace()
  const { home, address, configurationFile } = place
  const credentials = ['-U', `Administrator%${sambaAdmin.password}`, '--use-kerberos=off']
  try {
    writeFileSync(configurationFile, configuration(home, address, { ...domain, name: name.toUpperCase() }))
    const to = ['-s', configurationFile, `--targetdir=${join(home, 'domain')}`]
    const listen = [`--option=interfaces=${address}/8`, '--option=bind interfaces only=yes', '--dns-backend=NONE']
    const joining = ['domain', 'join', 'corp.test', 'DC', `--server=${first.address}`]
    runProgram('samba-tool', [...joining, ...to, ...listen, ...credentials], '', 180_000)
    const server = await run(place, `${name}.corp.test`, false)
    const pull = ['drs', 'replicate', '--local', '-s', configurationFile, address, first.address, sambaBase]
    return Object.assign(server, {
      replicate: () => void runProgram('samba-tool', [...pull, ...credentials], '', 180_000),
    })
  } catch (error) {
    rmSync(home, { recursive: true, force: true })
    throw error
  }
}

interface Place {
  readonly home: string
  readonly address: string
  readonly configurationFile: string
}

function makePlace(): Place {
  const home = mkdtempSync('/tmp/samba-')
  chmodSync(home, 0o755)
  const [low, high] = [20 + Math.floor(Math.random() * 200), 1 + Math.floor(Math.random() * 250)]
  return { home, address: `127.${low}.${high}.10`, configurationFile: join(home, 'smb.conf') }
}

async function run({ home, address, configurationFile }: Place, host: string, hasParts: boolean): Promise<SambaServer> {
  const at = (name: string) => join(home, name)
  const authority = await makeTlsAuthority()
  const { cert, key } = await authority.issue([host])
  for (const name of ['run', 'log', 'tls']) mkdirSync(at(name))
  writeFileSync(at('tls/authority.pem'), authority.certificate)
  writeFileSync(at('tls/server.pem'), cert)
  writeFileSync(at('tls/server.key'), key, { mode: 0o600 })
  const start = () =>
    startPeer({
      program: findProgram('samba') as string,
      // Its parts ask each other, so they cannot all be one process.
      args: [
        '--foreground',
        `--model=${hasParts ? 'standard' : 'single'}`,
        '--no-process-group',
        '-s',
        configurationFile,
      ],
      logFile: at('log/stdout'),
      hasChildren: true,
      readyPorts: [389, 636, ...(hasParts ? [135] : [])].map((port) => ({ host: address, port })),
    })
  let peer = await start()
  return {
    address,
    authority: authority.certificate,
    host,
    version: runProgram('samba-tool', ['--version']).trim(),
    configurationFile,
    get process() {
      return peer
    },
    async restart() {
      await peer.stop()
      peer = await start()
    },
    async stop() {
      await peer.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

/** In the partition's own file, below Samba's rules: to them an invocationId never changes. */
function setInvocationId(home: string, invocationId: Uint8Array): void {
  const partition = join(home, 'domain/private/sam.ldb.d/CN=CONFIGURATION,DC=CORP,DC=TEST.ldb')
  const settings = 'CN=NTDS Settings,CN=DC1,CN=Servers,CN=Default-First-Site-Name,CN=Sites'
  const lines = [
    `dn: ${settings},CN=Configuration,${sambaBase}`,
    'changetype: modify',
    'replace: invocationId',
    `invocationId:: ${Buffer.from(invocationId).toString('base64')}`,
    '',
  ]
  runProgram('ldbmodify', ['-H', partition], lines.join('\n'))
}

function provision(home: string, { dns = false }: SambaDomainOptions): void {
  provisionSamba(home, {
    realm,
    domain: sambaDomain,
    adminPassword: sambaAdmin.password,
    address: '127.0.0.1',
    dnsBackend: dns ? 'SAMBA_INTERNAL' : 'NONE',
  })
}

interface Configured extends SambaDomainOptions {
  readonly name?: string
  readonly takesOthers?: boolean
}

function configuration(home: string, address: string, configured: Configured = {}): string {
  const { dns = false, kdc = false, name = 'DC1', takesOthers = false } = configured
  return [
    '[global]',
    'server role = active directory domain controller',
    `server services = ldap${dns ? ', cldap, dns' : ''}${kdc ? ', kdc' : ''}${takesOthers ? ', rpc, drepl, cldap' : ''}`,
    ...(dns ? ['dns update command = /bin/true', 'dns forwarder ='] : []),
    ...sambaPlaces(home, { realm, domain: sambaDomain, address, name }),
    `log file = ${home}/log/samba`,
    `ldap server require strong auth = ${kdc ? 'allow_sasl_over_tls' : 'yes'}`,
    'tls enabled = yes',
    `tls keyfile = ${home}/tls/server.key`,
    `tls certfile = ${home}/tls/server.pem`,
    `tls cafile = ${home}/tls/authority.pem`,
    '',
  ].join('\n')
}
