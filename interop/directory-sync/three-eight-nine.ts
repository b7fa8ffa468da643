/**
 * The office in 389 Directory Server, on loopback.
 *
 * Its tools have fixed places below /etc/dirsrv and /var/lib/dirsrv and start the server through
 * systemd; so it needs root, and a `systemctl` of our own that does nothing but start and stop it.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '@sallygate/testkit/peers'
import { freePort, runProgram, startPeer } from '../directory/peer-process.ts'
import { genericBase, genericPeople, genericReader, genericTeams } from './generic.ts'
import { makeOffice, officePassword } from './office.ts'

export interface ThreeEightNine {
  readonly ldapPort: number
  readonly ldapsPort: number
  readonly authority: string
  readonly version: string
  stop(): Promise<void>
}

export const threeEightNineAdmin = { dn: 'cn=Directory Manager', password: 'D1rM4nager!' } as const

/** @returns why it cannot run here; `undefined` when it can. */
export function missingFor389(): string | undefined {
  if (process.getuid?.() !== 0) return 'its places below /etc/dirsrv need root'
  const missing = ['ns-slapd', 'dscreate'].find((program) => findProgram(program) === undefined)
  return missing === undefined ? undefined : `${missing} is not installed (Debian package 389-ds-base)`
}

export async function start389(crowd: number): Promise<ThreeEightNine> {
  const home = mkdtempSync(join(tmpdir(), 'ds389-'))
  const name = `sg${process.pid}x${Math.floor(Math.random() * 1e6)}`
  const settings = `/etc/dirsrv/slapd-${name}`
  const [ldapPort, ldapsPort] = [await freePort(), await freePort()]
  const remove = () => {
    const places = [settings, `/var/lib/dirsrv/slapd-${name}`, `/var/log/dirsrv/slapd-${name}`]
    const more = [`/run/lock/dirsrv/slapd-${name}`, `/dev/shm/slapd-${name}`, `/etc/tmpfiles.d/dirsrv-${name}.conf`]
    const rest = [`/usr/lib/tmpfiles.d/dirsrv-${name}.conf`, `/run/dirsrv/slapd-${name}.pid`, home]
    for (const place of [...places, ...more, ...rest]) rmSync(place, { recursive: true, force: true })
  }
  process.once('exit', remove)
  try {
    create(home, name, { ldapPort, ldapsPort })
    const nsSlapd = findProgram('ns-slapd') as string
    writeFileSync(join(home, 'office.ldif'), entries(crowd))
    chmodSync(home, 0o755)
    runProgram(nsSlapd, ['ldif2db', '-D', settings, '-n', 'userroot', '-i', join(home, 'office.ldif')])
    const peer = await startPeer({
      program: nsSlapd,
      args: ['-D', settings, '-i', `/run/dirsrv/slapd-${name}.pid`, '-d', '0'],
      logFile: join(home, 'log'),
      readyPorts: [ldapPort, ldapsPort].map((port) => ({ host: '127.0.0.1', port })),
    })
    return {
      ldapPort,
      ldapsPort,
      authority: readFileSync(join(settings, 'ca.crt'), 'utf8'),
      version: versionOf(nsSlapd),
      async stop() {
        process.off('exit', remove)
        await peer.stop()
        remove()
      },
    }
  } catch (error) {
    process.off('exit', remove)
    remove()
    throw error
  }
}

/** It says so and ends with 1. */
function versionOf(program: string): string {
  const { stdout } = spawnSync(program, ['-v'], { encoding: 'utf8' })
  return /389-Directory\/([\d.]+)/.exec(stdout)?.[1] ?? 'unknown'
}

function entries(crowd: number): string {
  const office = makeOffice(crowd)
  const rule = `(targetattr="*")(version 3.0; acl "reader"; allow (read,search,compare) userdn="ldap:///${genericReader.dn}";)`
  return genericPeople(office, officePassword, [`aci: ${rule}`]) + genericTeams(office)
}

function create(home: string, name: string, ports: { readonly ldapPort: number; readonly ldapsPort: number }): void {
  const lines = [
    '[general]',
    'config_version = 2',
    'full_machine_name = localhost',
    'start = False',
    'strict_host_checking = False',
    'systemd = False',
    '[slapd]',
    `instance_name = ${name}`,
    `port = ${ports.ldapPort}`,
    `secure_port = ${ports.ldapsPort}`,
    `root_password = ${threeEightNineAdmin.password}`,
    'self_sign_cert = True',
    '[backend-userroot]',
    `suffix = ${genericBase}`,
    'sample_entries = no',
    'create_suffix_entry = True',
    '',
  ]
  writeFileSync(join(home, 'instance.inf'), lines.join('\n'), { mode: 0o600 })
  mkdirSync(join(home, 'bin'))
  writeFileSync(join(home, 'bin/systemctl'), systemctl, { mode: 0o755 })
  // Its python is Debian's, whatever stands first on the path here.
  const path = `PATH=${join(home, 'bin')}:/usr/sbin:/usr/bin:/sbin:/bin`
  runProgram('env', [path, 'dscreate', 'from-file', join(home, 'instance.inf')])
  runProgram('env', [path, 'systemctl', 'stop', `dirsrv@${name}`])
  const file = `/etc/dirsrv/slapd-${name}/dse.ldif`
  const listen = 'nsslapd-listenhost: 127.0.0.1\nnsslapd-securelistenhost: 127.0.0.1\nnsslapd-port:'
  writeFileSync(file, readFileSync(file, 'utf8').replace(/^nsslapd-port:/m, listen))
}

/** Waits until it answers, as systemd does for a service that tells it. */
const systemctl = `#!/bin/sh
for unit in "$@"; do :; done
name=\${unit#dirsrv@}
pid=/run/dirsrv/slapd-$name.pid
case $1 in
start)
  mkdir -p /run/dirsrv
  ns-slapd -D "/etc/dirsrv/slapd-$name" -i "$pid" >/dev/null 2>&1
  for turn in $(seq 200); do [ -s "$pid" ] && exit 0; sleep 0.1; done
  exit 1 ;;
stop)
  [ -s "$pid" ] || exit 0
  kill "$(cat "$pid")" 2>/dev/null
  for turn in $(seq 200); do kill -0 "$(cat "$pid")" 2>/dev/null || exit 0; sleep 0.1; done ;;
is-active) [ -s "$pid" ] && kill -0 "$(cat "$pid")" 2>/dev/null ;;
esac
`
