/**
 * A Samba domain controller that judges NTLM logins, for a squid that is joined to it.
 *
 * Its helpers look for winbind at one place in the file system, so it and squid run with a
 * mount of their own there. The ports of Active Directory are fixed; it takes a loopback
 * address nobody else has.
 *
 * @module
 */
import { chmodSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { findProgram } from '@sallygate/testkit/peers'
import { runProgram, startPeer } from '../directory/peer-process.ts'
import { provisionSamba, sambaPlaces } from '../directory/samba-provision.ts'

export const realm = 'CORP.TEST'
export const domain = 'CORP'

export interface DomainController {
  readonly home: string
  readonly version: string
  /** A program and arguments that what sees this domain runs under. */
  readonly under: readonly string[]
  readonly environment: Readonly<Record<string, string>>
  readonly configuration: string
  addUser(name: string, password: string): void
  /** How many wrong passwords the directory has counted for somebody. */
  badPasswords(name: string): number
  /** A key table for a service of this machine. */
  keyTable(service: string): string
  stop(): Promise<void>
}

/** @returns why it cannot run here; `undefined` when it can. */
export function missingForDomain(): string | undefined {
  if (process.getuid?.() !== 0) return 'only root may use the ports of Active Directory'
  const needed = {
    samba: 'samba',
    'samba-tool': 'samba-ad-dc',
    winbindd: 'winbind',
    ntlm_auth: 'winbind',
    unshare: 'util-linux',
  }
  if (!existsSync('/usr/share/samba/setup/provision.ldif')) {
    return 'the templates of a domain are not installed (Debian package samba-ad-provision)'
  }
  const missing = Object.entries(needed).find(([program]) => findProgram(program) === undefined)
  return missing === undefined ? undefined : `${missing[0]} is not installed (Debian package ${missing[1]})`
}

export async function startDomainController(): Promise<DomainController> {
  // Samba makes sockets below its home, and their paths have to stay short.
  const home = mkdtempSync('/tmp/dc-')
  const at = (name: string) => join(home, name)
  chmodSync(home, 0o755)
  const part = (most: number) => 1 + Math.floor(Math.random() * most)
  const address = `127.${20 + part(200)}.${part(250)}.10`
  const configuration = at('smb.conf')
  const database = at('domain/private/sam.ldb')
  const tool = (...args: readonly string[]) => runProgram('samba-tool', [...args, '-H', database, '-s', configuration])
  try {
    for (const name of ['run', 'log', 'sockets']) mkdirSync(at(name))
    provisionSamba(home, { realm, domain, adminPassword: 'Adm1n!of-the-test', address, dnsBackend: 'NONE' })
    writeFileSync(configuration, configurationOf(home, address))
    // Samba counts wrong passwords only where they can lock an account.
    tool('domain', 'passwordsettings', 'set', '--account-lockout-threshold=5')
    writeFileSync(at('krb5.conf'), kerberosOf(address))
    writeFileSync(at('resolv.conf'), `nameserver ${address}\n`)
    writeFileSync(at('hosts'), `127.0.0.1 localhost\n${address} dc1.corp.test dc1\n`)
    const mounts = `mkdir -p /run/samba && mount --bind ${at('sockets')} /run/samba && mount --bind ${at('resolv.conf')} /etc/resolv.conf && mount --bind ${at('hosts')} /etc/hosts`
    const under = ['unshare', '-m', 'sh', '-c', `${mounts} && exec "$@"`, 'sh'] as const
    const environment = { KRB5_CONFIG: at('krb5.conf') }
    const [first, ...rest] = under
    const peer = await startPeer({
      program: first,
      args: [
        ...rest,
        findProgram('samba') ?? 'samba',
        '--foreground',
        '--model=standard',
        '--no-process-group',
        '-s',
        configuration,
      ],
      logFile: at('log/stdout'),
      hasChildren: true,
      env: environment,
      readyPorts: [389, 88].map((port) => ({ host: address, port })),
    })
    await untilWinbind(under, environment)
    // Squid's helpers run as its user.
    runProgram('chgrp', ['proxy', at('domain/state/winbindd_privileged')])
    return {
      home,
      version: runProgram('samba-tool', ['--version']).trim(),
      under,
      environment,
      configuration,
      addUser: (name, password) => void tool('user', 'create', name, password),
      badPasswords(name) {
        const found = runProgram('ldbsearch', [
          `--configfile=${configuration}`,
          '-H',
          database,
          `(sAMAccountName=${name})`,
          'badPwdCount',
        ])
        return Number(/badPwdCount: (\d+)/.exec(found)?.[1] ?? 0)
      },
      keyTable(service) {
        tool('user', 'create', 'proxyservice', 'Pr0xy!of-the-test')
        tool('spn', 'add', service, 'proxyservice')
        const file = at('service.keytab')
        runProgram('samba-tool', [
          'domain',
          'exportkeytab',
          file,
          `--principal=${service}@${realm}`,
          '-s',
          configuration,
        ])
        chmodSync(file, 0o644)
        return file
      },
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

async function untilWinbind(under: readonly string[], environment: Readonly<Record<string, string>>): Promise<void> {
  const [program = '', ...rest] = under
  for (let left = 60; ; left--) {
    try {
      runProgram(program, [
        ...rest,
        'env',
        ...Object.entries(environment).map(([name, value]) => `${name}=${value}`),
        'wbinfo',
        '-p',
      ])
      return
    } catch (error) {
      if (left === 0) throw error
      await new Promise((resolve) => setTimeout(resolve, 200))
    }
  }
}

function configurationOf(home: string, address: string): string {
  return [
    '[global]',
    'server role = active directory domain controller',
    'server services = rpc, ldap, kdc, winbindd, s3fs',
    ...sambaPlaces(home, { realm, domain, address }),
    'winbindd socket directory = /run/samba/winbindd',
    `log file = ${home}/log/samba.%m`,
    'vfs objects = dfs_samba4 acl_xattr',
    'load printers = no',
    'disable spoolss = yes',
    'dns update command = /bin/true',
    'nsupdate command = /bin/true',
    '[sysvol]',
    `path = ${home}/domain/state/sysvol`,
    'read only = no',
    '',
  ].join('\n')
}

function kerberosOf(address: string): string {
  return [
    '[libdefaults]',
    `default_realm = ${realm}`,
    'dns_lookup_realm = false',
    'dns_lookup_kdc = false',
    'dns_canonicalize_hostname = false',
    'rdns = false',
    'udp_preference_limit = 1',
    '[realms]',
    `${realm} = {`,
    `  kdc = ${address}:88`,
    '}',
    '[domain_realm]',
    `localhost = ${realm}`,
    `.corp.test = ${realm}`,
    '',
  ].join('\n')
}
