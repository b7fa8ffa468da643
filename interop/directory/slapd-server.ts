/**
 * OpenLDAP's slapd on loopback with TLS, from a configuration and entries that the caller gives.
 *
 * What is in it is the caller's; see `slapd.ts` for the office of this folder.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '@sallygate/testkit/peers'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { freePort, runProgram, startPeer, type RunningPeer } from './peer-process.ts'

export interface SlapdServer {
  readonly ldapPort: number
  readonly ldapsPort: number
  /** PEM of the authority of its certificate, which is made out to `localhost`. */
  readonly authority: string
  readonly version: string
  readonly logFile: string
  /** The running process; another one after `restart`. */
  readonly process: RunningPeer
  /** All entries as LDIF, with what the server keeps about them (`slapcat`). */
  dump(): string
  /** On the same ports, with what it had. */
  restart(): Promise<void>
  stop(): Promise<void>
}

export interface SlapdServerOptions {
  readonly suffix: string
  /** Of slapd.conf, before the database: limits, `security`, `serverID`. */
  readonly global?: readonly string[]
  /** Of slapd.conf, within the database: indices, overlays, access. */
  readonly database: readonly string[]
  /** Besides `back_mdb`. */
  readonly modules?: readonly string[]
  readonly maxSizeBytes?: number
  /** Entries as text, or a file of them. Absent: an empty database. */
  readonly ldif?: string | { readonly file: string }
  /** Where it listens; loopback unless given. */
  readonly address?: string
  /** Addresses it is reached by, for its certificate. */
  readonly names?: readonly string[]
  /** slapd's own: 0 says nothing, 256 writes every operation into the log. */
  readonly logLevel?: number
  readonly loadWithinMs?: number
}

export async function startSlapdServer(options: SlapdServerOptions): Promise<SlapdServer> {
  const { address = '127.0.0.1', logLevel = 0 } = options
  const program = findProgram('slapd')
  if (program === undefined) throw new Error('slapd is not installed')
  const home = mkdtempSync(join(tmpdir(), 'slapd-'))
  const at = (name: string) => join(home, name)
  try {
    const authority = await makeTlsAuthority()
    const { cert, key } = await authority.issue(['localhost'], new Date(), [
      ...new Set(['127.0.0.1', ...(options.names ?? [])]),
    ])
    mkdirSync(at('data'))
    writeFileSync(at('authority.pem'), authority.certificate)
    writeFileSync(at('server.pem'), cert)
    writeFileSync(at('server.key'), key, { mode: 0o600 })
    writeFileSync(at('slapd.conf'), configuration(home, options))
    loadEntries(at('slapd.conf'), options)
    const [ldapPort, ldapsPort] = [await freePort(), await freePort()]
    const urls = `ldap://${address}:${ldapPort} ldaps://${address}:${ldapsPort}`
    const start = () =>
      startPeer({
        program,
        // A debug level keeps it in the foreground.
        args: ['-f', at('slapd.conf'), '-h', urls, '-d', String(logLevel)],
        logFile: at('log'),
        readyPorts: [ldapPort, ldapsPort].map((port) => ({ host: '127.0.0.1', port })),
      })
    let peer = await start()
    return {
      ldapPort,
      ldapsPort,
      authority: authority.certificate,
      version: versionOf(program),
      logFile: at('log'),
      get process() {
        return peer
      },
      dump: () => runProgram(findProgram('slapcat') as string, ['-f', at('slapd.conf')]),
      async restart() {
        await peer.stop()
        peer = await start()
      },
      async stop() {
        await peer.stop()
        rmSync(home, { recursive: true })
      },
    }
  } catch (error) {
    rmSync(home, { recursive: true, force: true })
    throw error
  }
}

function loadEntries(configurationFile: string, { ldif, loadWithinMs = 60_000 }: SlapdServerOptions): void {
  if (ldif === undefined) return
  const slapadd = findProgram('slapadd')
  if (slapadd === undefined) throw new Error('slapadd is not installed')
  const args = ['-q', '-f', configurationFile]
  if (typeof ldif === 'string') runProgram(slapadd, args, ldif, loadWithinMs)
  else runProgram(slapadd, [...args, '-l', ldif.file], '', loadWithinMs)
}

function versionOf(program: string): string {
  return /slapd ([\d.]+\S*)/.exec(spawnSync(program, ['-VV'], { encoding: 'utf8' }).stderr)?.[1] ?? 'unknown'
}

function configuration(home: string, options: SlapdServerOptions): string {
  const schemas = ['core', 'cosine', 'inetorgperson'].map((name) => `include /etc/ldap/schema/${name}.schema`)
  const modules = ['back_mdb', ...(options.modules ?? [])].map((name) => `moduleload ${name}`)
  return [
    ...schemas,
    'modulepath /usr/lib/ldap',
    ...modules,
    `pidfile ${home}/pid`,
    `TLSCACertificateFile ${home}/authority.pem`,
    `TLSCertificateFile ${home}/server.pem`,
    `TLSCertificateKeyFile ${home}/server.key`,
    ...(options.global ?? []),
    'database mdb',
    `suffix "${options.suffix}"`,
    `directory ${home}/data`,
    `maxsize ${options.maxSizeBytes ?? 256 * 1024 * 1024}`,
    ...options.database,
    '',
  ].join('\n')
}
