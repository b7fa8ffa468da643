/**
 * Postfix on loopback, with Dovecot for its sign-ins; everything in a folder of its own.
 *
 * @module
 */
import { chmodSync, chownSync, copyFileSync, cpSync, existsSync, mkdirSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { connect } from 'node:net'
import { freePort, runProgram, startPeer } from '../directory/peer-process.ts'
import { account, makeServerFolder, type MailServer } from './mail-server.ts'

/** Dovecot asks this issuer whether a token is good (RFC 7662). */
export interface TokenCheck {
  readonly introspection: string
  /** Of the issuer's certificate, in PEM. */
  readonly authority: string
  readonly scope: string
}

export async function startPostfix(tokens?: TokenCheck): Promise<MailServer> {
  const home = await makeServerFolder('postfix')
  const [openPort, submissionPort, implicitPort] = [await freePort(), await freePort(), await freePort()]
  for (const below of ['etc', 'queue', 'data', 'dove']) mkdirSync(home.in(below), { recursive: true, mode: 0o755 })
  chmodSync(home.folder, 0o755)
  const idOf = (kind: '-u' | '-g', name: string) => Number(runProgram('id', [kind, name]).trim())
  const [postfix, nobody, nogroup] = [idOf('-u', 'postfix'), idOf('-u', 'nobody'), idOf('-g', 'nobody')]
  chownSync(home.in('data'), postfix, nogroup)
  chownSync(home.in('mail'), nobody, nogroup)
  writeFileSync(home.in('dove/users'), `${account.user}:{PLAIN}${account.password}:::::\n`)
  writeFileSync(home.in('dove/dovecot.conf'), dovecotConf(home.folder, tokens !== undefined))
  if (tokens !== undefined) {
    writeFileSync(home.in('dove/issuer.pem'), tokens.authority)
    writeFileSync(home.in('dove/oauth2.conf'), oauth2Conf(home.folder, tokens))
  }
  writeFileSync(home.in('etc/main.cf'), mainCf(home.folder, nobody, nogroup))
  writeFileSync(home.in('etc/master.cf'), masterCf({ openPort, submissionPort, implicitPort }))
  for (const file of ['dynamicmaps.cf', 'postfix-files']) {
    if (existsSync(`/etc/postfix/${file}`)) copyFileSync(`/etc/postfix/${file}`, home.in(`etc/${file}`))
  }
  if (existsSync('/etc/postfix/dynamicmaps.cf.d'))
    cpSync('/etc/postfix/dynamicmaps.cf.d', home.in('etc/dynamicmaps.cf.d'), { recursive: true })
  // Makes what is missing of the queue; it grumbles about owners of files that are not ours to change.
  spawnSync('postfix', ['-c', home.in('etc'), 'check'], { stdio: 'ignore', timeout: 60_000 })
  const dovecot = await startPeer({
    program: 'dovecot',
    args: ['-F', '-c', home.in('dove/dovecot.conf')],
    logFile: home.in('dovecot.log'),
    hasChildren: true,
    readyPorts: [],
  })
  // Its master leaves the terminal and the process group it was started in; it is stopped by its own command.
  runProgram('postfix', ['-c', home.in('etc'), 'start'])
  const stopMaster = () =>
    void spawnSync('postfix', ['-c', home.in('etc'), 'stop'], { stdio: 'ignore', timeout: 30_000 })
  process.once('exit', stopMaster)
  for (const port of [openPort, submissionPort, implicitPort]) await untilUp(port)
  return {
    version: runProgram('postconf', ['-h', '-d', 'mail_version']).trim(),
    openPort,
    submissionPort,
    implicitPort,
    authority: home.authority,
    delivered: home.delivered,
    async stop() {
      process.off('exit', stopMaster)
      stopMaster()
      await dovecot.stop()
      home.remove()
    },
  }
}

async function untilUp(port: number): Promise<void> {
  for (const end = performance.now() + 20_000; performance.now() < end;) {
    const isUp = await new Promise<boolean>((resolve) => {
      const socket = connect({ host: '127.0.0.1', port })
      socket.once('connect', () => resolve(true)).once('error', () => resolve(false))
      socket.once('connect', () => socket.destroy())
    })
    if (isUp) return
    await new Promise((resolve) => setTimeout(resolve, 50))
  }
  throw new Error(`postfix does not listen on ${port}`)
}

const dovecotConf = (folder: string, takesTokens: boolean) => `base_dir = ${folder}/dove/run
log_path = ${folder}/dove/log
protocols =
ssl = no
disable_plaintext_auth = no
auth_mechanisms = plain login cram-md5${takesTokens ? ' xoauth2 oauthbearer' : ''}
first_valid_uid = 1
passdb {
  driver = passwd-file
  args = scheme=PLAIN ${folder}/dove/users
}
${takesTokens ? tokensConf(folder) : ''}userdb {
  driver = static
  args = uid=nobody gid=nogroup home=/tmp
}
service auth {
  unix_listener ${folder}/queue/private/auth {
    mode = 0660
    user = postfix
    group = postfix
  }
}
`

/** Who is refused is not kept waiting for it: Postfix takes an answer that takes ten seconds for none. */
const tokensConf = (folder: string) => `auth_failure_delay = 0
service anvil {
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
passdb {
  driver = oauth2
  mechanisms = xoauth2 oauthbearer
  args = ${folder}/dove/oauth2.conf
}
`

const oauth2Conf = (folder: string, { introspection, scope }: TokenCheck) => `introspection_mode = post
introspection_url = ${introspection}
force_introspection = yes
tls_ca_cert_file = ${folder}/dove/issuer.pem
active_attribute = active
active_value = true
username_attribute = username
username_format = %u
scope = ${scope}
timeout_msecs = 2000
`

const mainCf = (folder: string, uid: number, gid: number) => `compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
command_directory = /usr/sbin
daemon_directory = /usr/lib/postfix/sbin
mail_owner = postfix
setgid_group = postdrop
myhostname = mail.lab.test
mydestination =
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
mynetworks = 127.0.0.0/8
maillog_file = ${folder}/maillog
maillog_file_prefixes = ${folder}
virtual_mailbox_domains = lab.test
virtual_mailbox_base = ${folder}/mail
virtual_mailbox_maps = static:all/
virtual_uid_maps = static:${uid}
virtual_gid_maps = static:${gid}
virtual_minimum_uid = 1
smtpd_tls_cert_file = ${folder}/tls/cert.pem
smtpd_tls_key_file = ${folder}/tls/key.pem
smtpd_tls_security_level = may
smtpd_tls_auth_only = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = private/auth
smtpd_peername_lookup = no
smtpd_relay_restrictions = permit_sasl_authenticated, reject
smtpd_recipient_restrictions = check_recipient_access inline:{ {later@lab.test = 450 4.2.0 Greylisted, see you later}, {gone@lab.test = 550 5.1.1 No such user} }, permit_sasl_authenticated, permit_mynetworks, reject
smtpd_delay_reject = yes
default_transport = error:no outside mail here
message_size_limit = 300000
relayhost =
`

const masterCf = (ports: {
  readonly openPort: number
  readonly submissionPort: number
  readonly implicitPort: number
}) => `127.0.0.1:${ports.openPort} inet n - n - - smtpd -o smtpd_relay_restrictions=permit_mynetworks,reject
127.0.0.1:${ports.submissionPort} inet n - n - - smtpd -o smtpd_tls_security_level=encrypt -o smtpd_sasl_auth_enable=yes
127.0.0.1:${ports.implicitPort} inet n - n - - smtpd -o smtpd_tls_wrappermode=yes -o smtpd_sasl_auth_enable=yes
pickup unix n - n 60 1 pickup
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
trace unix - - n - 0 bounce
verify unix - - n - 1 verify
flush unix n - n 1000? 0 flush
proxymap unix - - n - - proxymap
showq unix n - n - - showq
error unix - - n - - error
retry unix - - n - - error
discard unix - - n - - discard
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
scache unix - - n - 1 scache
postlog unix-dgram n - n - 1 postlogd
`
