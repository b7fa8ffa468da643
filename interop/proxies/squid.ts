/**
 * Squid on loopback, one instance for each way to log in.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '@sallygate/testkit/peers'
import { freePort, runProgram, startPeer, type PeerProcess } from '../directory/peer-process.ts'

export interface SquidOptions {
  /** Lines of squid.conf that say who may pass; `HOME` stands for its folder. Without any: everybody. */
  readonly access?: readonly string[]
  /** Files of its folder, by name. */
  readonly files?: Readonly<Record<string, string>>
  /** Opens TLS and signs it anew with an authority of its own; verifies servers against this one. */
  readonly inspects?: { readonly serverAuthority: string; readonly passesWebSockets: boolean }
  /** Environment of the process, for helpers. */
  readonly env?: Readonly<Record<string, string>>
  /** A program that everything runs under, with its arguments. */
  readonly under?: readonly string[]
}

export interface Squid {
  readonly port: number
  readonly version: string
  /** PEM of the authority it inspects with. */
  readonly authority: string
  /** One line for each request that has ended. */
  readonly log: () => readonly string[]
  stop(): Promise<void>
}

/** Never allowed, so that a test can ask for it. */
export const closedPort = 9

export async function startSquid(options: SquidOptions = {}): Promise<Squid> {
  const program = findProgram('squid')
  if (program === undefined) throw new Error('squid is not installed')
  const home = mkdtempSync('/tmp/squid-')
  const at = (name: string) => join(home, name)
  let peer: PeerProcess
  const port = await freePort()
  try {
    mkdirSync(at('run'))
    writeFileSync(at('hosts'), '127.0.0.1 localhost\n')
    for (const [name, content] of Object.entries(options.files ?? {})) writeFileSync(at(name), content)
    if (options.inspects !== undefined) makeInspection(home, options.inspects.serverAuthority)
    writeFileSync(at('squid.conf'), configuration(home, port, options))
    if (process.getuid?.() === 0) runProgram('chown', ['-R', 'proxy:proxy', home])
    chmodSync(home, 0o755)
    const [under, ...before] = options.under ?? []
    const args = ['-N', '-n', `sq${port}`, '-f', at('squid.conf')]
    peer = await startPeer({
      program: under ?? program,
      args: under === undefined ? args : [...before, program, ...args],
      logFile: at('out'),
      hasChildren: true,
      readyPorts: [{ host: '127.0.0.1', port }],
      ...(options.env === undefined ? {} : { env: options.env }),
    })
  } catch (error) {
    rmSync(home, { recursive: true, force: true })
    throw error
  }
  return {
    port,
    version: /Version (\S+)/.exec(spawnSync(program, ['-v'], { encoding: 'utf8' }).stdout)?.[1] ?? 'unknown',
    authority: options.inspects === undefined ? '' : readFileSync(at('authority.pem'), 'utf8'),
    log: () =>
      readFileSync(at('access.log'), 'utf8')
        .split('\n')
        .filter((line) => line !== ''),
    async stop() {
      await peer.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}

function configuration(home: string, port: number, { access, inspects }: SquidOptions): string {
  const isRoot = process.getuid?.() === 0
  const bump = [
    `http_port 127.0.0.1:${port} ssl-bump generate-host-certificates=on dynamic_cert_mem_cache_size=4MB cert=${home}/authority.both.pem`,
    `sslcrtd_program /usr/lib/squid/security_file_certgen -s ${home}/certificates -M 4MB`,
    'sslcrtd_children 1',
    'acl step1 at_step SslBump1',
    'ssl_bump peek step1',
    'ssl_bump bump all',
    `tls_outgoing_options cafile=${home}/server-authority.pem`,
    // Without this squid takes the upgrade out of the request.
    ...(inspects?.passesWebSockets === true ? ['http_upgrade_request_protocols websocket allow all'] : []),
  ]
  return [
    ...(inspects === undefined ? [`http_port 127.0.0.1:${port}`] : bump),
    ...(isRoot ? ['cache_effective_user proxy', 'cache_effective_group proxy'] : []),
    `pid_filename ${home}/run/squid.pid`,
    `coredump_dir ${home}`,
    'visible_hostname proxy.office.test',
    'unique_hostname proxy.office.test',
    'cache deny all',
    `cache_log ${home}/cache.log`,
    `access_log stdio:${home}/access.log`,
    'logfile_rotate 0',
    'netdb_filename none',
    'pinger_enable off',
    'icp_port 0',
    `hosts_file ${home}/hosts`,
    // An unknown name would keep the CONNECT for minutes.
    'dns_nameservers 127.0.0.1',
    'dns_timeout 1 second',
    'dns_retransmit_interval 1 second',
    'shutdown_lifetime 0 seconds',
    `acl closed port ${closedPort}`,
    'http_access deny closed',
    ...(access ?? ['http_access allow all']).map((line) => line.replaceAll('HOME', home)),
    'http_access deny all',
    '',
  ].join('\n')
}

function makeInspection(home: string, serverAuthority: string): void {
  const at = (name: string) => join(home, name)
  writeFileSync(at('server-authority.pem'), serverAuthority)
  const subject = [
    '-subj',
    '/CN=Office inspection',
    '-addext',
    'basicConstraints=critical,CA:TRUE',
    '-addext',
    'keyUsage=critical,keyCertSign,cRLSign',
  ]
  const out = ['-keyout', at('authority.key'), '-out', at('authority.pem')]
  runProgram('openssl', ['req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '30', ...subject, ...out])
  writeFileSync(
    at('authority.both.pem'),
    readFileSync(at('authority.pem'), 'utf8') + readFileSync(at('authority.key'), 'utf8'),
  )
  runProgram('/usr/lib/squid/security_file_certgen', ['-c', '-s', at('certificates'), '-M', '4MB'])
}

/** Basic and Digest with their files; the words after them are the same for all. */
export const onlyWithLogin = ['acl known proxy_auth REQUIRED', 'http_access allow known']
