/**
 * `ssh -R` on loopback: what an engineer would use for one port when nothing may come in.
 *
 * @module
 */
import { execFileSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir, userInfo } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '@sallygate/testkit/peers'
import { freePort, startPeer } from '../../interop/directory/peer-process.ts'

export interface ReverseTunnel {
  /** On the outside: leads to the port inside. */
  readonly port: number
  stop(): Promise<void>
}

/** `between` puts something in front of the server: gets its port, gives the one to dial. */
export async function startReverseTunnel(
  insidePort: number,
  between: (port: number) => Promise<number> = async (port) => port,
): Promise<ReverseTunnel> {
  const [sshd, ssh] = [findProgram('sshd'), findProgram('ssh')]
  if (sshd === undefined || ssh === undefined) throw new Error('openssh-server and openssh-client are not installed')
  const home = mkdtempSync(join(tmpdir(), 'ssh-'))
  const at = (name: string) => join(home, name)
  for (const key of ['host', 'user']) execFileSync('ssh-keygen', ['-q', '-t', 'ed25519', '-N', '', '-f', at(key)])
  execFileSync('cp', [at('user.pub'), at('authorized')])
  // Its own separation directory is fixed at build time.
  mkdirSync('/run/sshd', { recursive: true, mode: 0o755 })
  const [sshPort, port] = [await freePort(), await freePort()]
  const lines = [
    `ListenAddress 127.0.0.1:${sshPort}`,
    `HostKey ${at('host')}`,
    `AuthorizedKeysFile ${at('authorized')}`,
    `PidFile ${at('pid')}`,
    'StrictModes no',
    'UsePAM no',
    'PermitRootLogin prohibit-password',
    '',
  ]
  writeFileSync(at('config'), lines.join('\n'))
  const server = await startPeer({
    program: sshd,
    args: ['-D', '-e', '-f', at('config')],
    logFile: at('sshd.log'),
    hasChildren: true,
    readyPorts: [{ host: '127.0.0.1', port: sshPort }],
  })
  const dialed = await between(sshPort)
  const quiet = [
    'StrictHostKeyChecking=no',
    `UserKnownHostsFile=${at('known')}`,
    'ExitOnForwardFailure=yes',
    'LogLevel=ERROR',
  ]
  const client = await startPeer({
    program: ssh,
    args: [
      '-N',
      '-i',
      at('user'),
      '-p',
      String(dialed),
      '-R',
      `127.0.0.1:${port}:127.0.0.1:${insidePort}`,
      ...quiet.flatMap((option) => ['-o', option]),
      `${userInfo().username}@127.0.0.1`,
    ],
    logFile: at('ssh.log'),
    readyPorts: [{ host: '127.0.0.1', port }],
  })
  return {
    port,
    async stop() {
      await client.stop()
      await server.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
