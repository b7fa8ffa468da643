/**
 * FreeRADIUS on loopback: EAP-TLS, and one question to nac through rlm_rest once the certificate is proven.
 *
 * Its policy is the one of docs/freeradius.md.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { findProgram } from '@sallygate/testkit/peers'
import { freePort, startPeer } from '../directory/peer-process.ts'
import type { DeviceCertificates } from './certificates.ts'

export interface RadiusOptions {
  readonly home: string
  readonly certificates: DeviceCertificates
  readonly nac: { readonly url: string; readonly ca: string; readonly user: string; readonly password: string }
}

export interface Radius {
  readonly port: number
  readonly version: string
  log(): string
  stop(): Promise<void>
}

export const sharedSecret = 'testing123'

export async function startRadius({ home, certificates, nac }: RadiusOptions): Promise<Radius> {
  const program = findProgram('freeradius')
  if (program === undefined) throw new Error('freeradius is not installed')
  const raddb = mkdtempSync(join(tmpdir(), 'sallygate-raddb-'))
  const at = (name: string) => join(raddb, name)
  for (const directory of ['mods', 'run', 'log']) mkdirSync(at(directory))
  const port = await freeUdpPort()
  writeFileSync(at('dictionary'), '')
  writeFileSync(at('nac-ca.pem'), nac.ca)
  writeFileSync(at('radiusd.conf'), server(raddb, port))
  writeFileSync(at('mods/eap'), eap(certificates))
  writeFileSync(at('mods/always'), 'always reject {\n rcode = reject\n}\nalways ok {\n rcode = ok\n}\n')
  writeFileSync(at('mods/rest'), rest(at('nac-ca.pem'), nac), { mode: 0o600 })
  const logFile = join(home, 'freeradius.log')
  const peer = await startPeer({ program, args: ['-f', '-l', 'stdout', '-d', raddb], logFile, readyPorts: [] })
  await answering(port, logFile)
  return {
    port,
    version: /FreeRADIUS Version ([\d.]+)/.exec(spawnSync(program, ['-v'], { encoding: 'utf8' }).stdout)?.[1] ?? '?',
    log: () => readFileSync(logFile, 'utf8'),
    async stop() {
      await peer.stop()
      rmSync(raddb, { recursive: true, force: true })
    },
  }
}

/** Nothing shares the number with a TCP port that was free a moment ago, on a machine where nobody else asks for it. */
const freeUdpPort = freePort

async function answering(port: number, logFile: string): Promise<void> {
  const radclient = findProgram('radclient') ?? 'radclient'
  const untilMs = performance.now() + 30_000
  for (;;) {
    const { status } = spawnSync(radclient, ['-t', '1', '-r', '1', `127.0.0.1:${port}`, 'status', sharedSecret], {
      input: 'Message-Authenticator = 0x00\n',
    })
    if (status === 0) return
    if (performance.now() > untilMs) throw new Error(`freeradius did not come up: ${readFileSync(logFile, 'utf8')}`)
    await new Promise((resolve) => setTimeout(resolve, 100))
  }
}

function server(raddb: string, port: number): string {
  return `
prefix = /usr
logdir = ${raddb}/log
run_dir = ${raddb}/run
name = radiusd
raddbdir = ${raddb}
libdir = /usr/lib/freeradius
pidfile = ${raddb}/run/radiusd.pid
max_request_time = 30
cleanup_delay = 5
max_requests = 4096
hostname_lookups = no
log {
  destination = stdout
  auth = yes
}
security {
  allow_core_dumps = no
  max_attributes = 200
  reject_delay = 0
  status_server = yes
}
thread pool {
  start_servers = 2
  max_servers = 8
  min_spare_servers = 1
  max_spare_servers = 4
  max_requests_per_server = 0
}
client loopback {
  ipaddr = 127.0.0.0/8
  secret = ${sharedSecret}
  require_message_authenticator = no
}
modules {
  $INCLUDE mods/
}
server default {
  listen {
    type = auth
    ipaddr = 127.0.0.1
    port = ${port}
  }
  authorize {
    eap {
      ok = return
    }
  }
  authenticate {
    eap
  }
  post-auth {
    nac {
      fail = 1
    }
    if (&control:Tmp-String-0 == "compliant") {
      update reply {
        &Tunnel-Type := VLAN
        &Tunnel-Medium-Type := IEEE-802
        &Tunnel-Private-Group-Id := "42"
      }
    }
    else {
      if (&control:Tmp-String-0) {
        update reply {
          &Reply-Message := "%{control:Tmp-String-2}"
        }
      }
      else {
        update reply {
          &Reply-Message := "nac did not answer"
        }
      }
      reject
    }
    Post-Auth-Type REJECT {
      eap
    }
  }
}
`
}

function eap({ authority, server: own }: DeviceCertificates): string {
  return `
eap {
  default_eap_type = tls
  timer_expire = 60
  max_sessions = 4096
  tls-config devices {
    private_key_file = ${own.replace(/\.pem$/, '.key')}
    certificate_file = ${own}
    ca_file = ${authority}
    tls_min_version = "1.2"
    tls_max_version = "1.3"
    fragment_size = 1024
  }
  tls {
    tls = devices
  }
}
`
}

function rest(ca: string, { url, user, password }: RadiusOptions['nac']): string {
  return `
rest nac {
  connect_timeout = 3.0
  tls {
    ca_info_file = ${ca}
    check_cert = yes
    check_cert_cn = yes
  }
  post-auth {
    uri = "${url}/radius/device?mac=%{Calling-Station-Id}"
    method = 'get'
    auth = 'basic'
    username = "${user}"
    password = "${password}"
    timeout = 4.0
    tls = \${..tls}
  }
  pool {
    start = 0
    min = 0
    max = 8
    spare = 1
    uses = 0
    retry_delay = 1
    lifetime = 0
    idle_timeout = 60
  }
}
`
}
