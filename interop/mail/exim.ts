/**
 * Exim on loopback, from its unpacked package; everything in a folder of its own.
 *
 * @module
 */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { freePort, runProgram, startPeer } from '../directory/peer-process.ts'
import { account, makeServerFolder, type MailServer } from './mail-server.ts'
import { unpacked } from './unpacked.ts'

/** @returns the program; `undefined` where it can be neither found nor fetched, or misses a library. */
export function eximProgram(): string | undefined {
  const root = unpacked('usr/sbin/exim4', ['exim4-daemon-light'])
  const program = root === undefined ? undefined : join(root, 'usr/sbin/exim4')
  if (program === undefined) return undefined
  return spawnSync(program, ['-bV'], { stdio: 'ignore' }).status === null ? undefined : program
}

export async function startExim(program: string): Promise<MailServer> {
  // The name is compiled in, and nothing runs under it here.
  if (spawnSync('id', ['Debian-exim'], { stdio: 'ignore' }).status !== 0) {
    runProgram('useradd', ['-r', '-d', '/nonexistent', '-s', '/usr/sbin/nologin', 'Debian-exim'])
  }
  const home = await makeServerFolder('exim')
  const [openPort, submissionPort, implicitPort] = [await freePort(), await freePort(), await freePort()]
  const idOf = (kind: '-u' | '-g') => Number(runProgram('id', [kind, 'nobody']).trim())
  const [nobody, nogroup] = [idOf('-u'), idOf('-g')]
  for (const below of ['spool', 'log']) mkdirSync(home.in(below), { mode: 0o755 })
  chmodSync(home.folder, 0o755)
  for (const below of ['spool', 'log', 'mail', 'tls/key.pem']) chownSync(home.in(below), nobody, nogroup)
  const config = home.in('exim.conf')
  writeFileSync(config, eximConf(program, home.folder, { openPort, submissionPort, implicitPort }), { mode: 0o644 })
  const server = await startPeer({
    program,
    args: ['-C', config, '-bdf', '-q5m'],
    logFile: home.in('exim.log'),
    hasChildren: true,
    readyPorts: [openPort, submissionPort, implicitPort].map((port) => ({ host: '127.0.0.1', port })),
  })
  return {
    version: /version (\S+)/.exec(runProgram(program, ['-C', config, '-bV']))?.[1] ?? 'unknown',
    openPort,
    submissionPort,
    implicitPort,
    authority: home.authority,
    delivered: home.delivered,
    async stop() {
      await server.stop()
      home.remove()
    },
  }
}

const eximConf = (
  program: string,
  folder: string,
  ports: { readonly openPort: number; readonly submissionPort: number; readonly implicitPort: number },
) => `exim_path = ${program}
exim_user = nobody
exim_group = nogroup
never_users =
spool_directory = ${folder}/spool
log_file_path = ${folder}/log/%slog
pid_file_path = ${folder}/exim.pid
primary_hostname = mail.lab.test
local_interfaces = <; 127.0.0.1.${ports.openPort} ; 127.0.0.1.${ports.submissionPort} ; 127.0.0.1.${ports.implicitPort}
daemon_smtp_ports = ${ports.openPort}
tls_on_connect_ports = ${ports.implicitPort}
tls_advertise_hosts = *
tls_certificate = ${folder}/tls/cert.pem
tls_privatekey = ${folder}/tls/key.pem
auth_advertise_hosts = \${if eq{$tls_in_cipher}{}{}{*}}
host_lookup =
rfc1413_query_timeout = 0s
smtp_enforce_sync = true
message_size_limit = 300000
domainlist local_domains = lab.test
acl_smtp_rcpt = acl_rcpt
acl_smtp_data = acl_data
keep_environment =
begin acl
acl_rcpt:
  defer local_parts = later
        message = 4.2.0 Greylisted, see you later
  deny local_parts = gone
       message = 5.1.1 No such user
  accept authenticated = *
  accept condition = \${if eq{$received_port}{${ports.openPort}}}
  deny message = authentication required
acl_data:
  accept
begin routers
all:
  driver = accept
  domains = +local_domains
  transport = md
begin transports
md:
  driver = appendfile
  directory = ${folder}/mail/box
  maildir_format
  user = nobody
  group = nogroup
begin retry
* * F,1h,5m
begin authenticators
plain:
  driver = plaintext
  public_name = PLAIN
  server_prompts = :
  server_condition = \${if and{{eq{$auth2}{${account.user}}}{eq{$auth3}{${account.password}}}}}
  server_set_id = $auth2
login:
  driver = plaintext
  public_name = LOGIN
  server_prompts = Username:: : Password::
  server_condition = \${if and{{eq{$auth1}{${account.user}}}{eq{$auth2}{${account.password}}}}}
  server_set_id = $auth1
cram:
  driver = cram_md5
  public_name = CRAM-MD5
  server_secret = \${if eq{$auth1}{${account.user}}{${account.password}}fail}
  server_set_id = $auth1
`
