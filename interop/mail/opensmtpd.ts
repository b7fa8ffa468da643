/**
 * OpenSMTPD on loopback, from its unpacked package, in a mount namespace: the paths of its helpers are compiled in.
 *
 * Debian's 6.8 offers STARTTLS and then breaks every handshake (its key isolation does not work
 * with OpenSSL 3: whether the key is RSA or ECDSA, in TLS 1.2 and 1.3). So it stands here for the server that promises and does not keep.
 *
 * @module
 */
import { chmodSync, chownSync, mkdirSync, writeFileSync } from 'node:fs'
import { spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { freePort, runProgram, startPeer } from '../directory/peer-process.ts'
import { makeServerFolder, type MailServer } from './mail-server.ts'
import { unpacked } from './unpacked.ts'

/** @returns the folder that stands for `/`; `undefined` where it can be neither fetched nor run. */
export function openSmtpdRoot(): string | undefined {
  const root = unpacked('usr/sbin/smtpd', ['opensmtpd'])
  if (root === undefined) return undefined
  const canRun = spawnSync(join(root, 'usr/sbin/smtpd'), ['-h'], { stdio: 'ignore' }).status === 1
  const canUnshare = spawnSync('unshare', ['-m', 'true'], { stdio: 'ignore' }).status === 0
  return canRun && canUnshare ? root : undefined
}

export type OpenSmtpd = Pick<MailServer, 'version' | 'openPort' | 'delivered' | 'authority' | 'stop'> & {
  /** Demands STARTTLS before anything else. */
  readonly requiringPort: number
}

export async function startOpenSmtpd(root: string): Promise<OpenSmtpd> {
  for (const user of ['opensmtpd', 'opensmtpq']) {
    if (spawnSync('id', [user], { stdio: 'ignore' }).status !== 0) {
      runProgram('useradd', ['-r', '-d', '/nonexistent', '-s', '/usr/sbin/nologin', user])
    }
  }
  const home = await makeServerFolder('opensmtpd')
  const [openPort, requiringPort] = [await freePort(), await freePort()]
  for (const below of ['spool', 'run']) mkdirSync(home.in(below), { mode: 0o711 })
  chmodSync(home.folder, 0o755)
  const idOf = (kind: '-u' | '-g') => Number(runProgram('id', [kind, 'nobody']).trim())
  chownSync(home.in('mail'), idOf('-u'), idOf('-g'))
  writeFileSync(home.in('users'), '@\tnobody\n')
  writeFileSync(home.in('smtpd.conf'), smtpdConf(home.folder, openPort, requiringPort), { mode: 0o600 })
  writeFileSync(home.in('go.sh'), goScript(root, home.folder))
  const server = await startPeer({
    program: 'unshare',
    args: ['-m', 'sh', home.in('go.sh')],
    logFile: home.in('log'),
    hasChildren: true,
    readyPorts: [openPort, requiringPort].map((port) => ({ host: '127.0.0.1', port })),
  })
  return {
    version:
      spawnSync(join(root, 'usr/sbin/smtpd'), ['-h'], { encoding: 'utf8' }).stderr.split('\n')[0]?.slice(0, 60) ?? '',
    openPort,
    requiringPort,
    authority: home.authority,
    delivered: home.delivered,
    async stop() {
      await server.stop()
      home.remove()
    },
  }
}

const smtpdConf = (folder: string, openPort: number, requiringPort: number) => `pki lab cert "${folder}/tls/cert.pem"
pki lab key "${folder}/tls/key.pem"
table users file:${folder}/users
listen on 127.0.0.1 port ${openPort} tls pki lab hostname mail.lab.test
listen on 127.0.0.1 port ${requiringPort} tls-require pki lab hostname mail.lab.test
action "box" maildir "${folder}/mail/box" virtual <users>
match from any for domain "lab.test" action "box"
match from any for any reject
`

const goScript = (root: string, folder: string) => `set -e
mount --make-rprivate /
mkdir -p /var/spool/smtpd /usr/libexec/opensmtpd /var/lib/opensmtpd/empty
chmod 755 /var/lib/opensmtpd/empty
mount --bind "${folder}/spool" /var/spool/smtpd
mount --bind "${root}/usr/libexec/opensmtpd" /usr/libexec/opensmtpd
mount --bind "${folder}/run" /run
exec "${root}/usr/sbin/smtpd" -d -f "${folder}/smtpd.conf"
`
