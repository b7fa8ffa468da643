/**
 * nginx and HAProxy in front of the two nodes, with the very configuration that this folder shows.
 *
 * Only addresses, ports and paths are put in.
 *
 * @module
 */
import { mkdirSync, writeFileSync } from 'node:fs'
import { findProgram } from '@sallygate/testkit/peers'
import { freePort, runProgram, startPeer, type PeerProcess } from '../directory/peer-process.ts'
import { textOf, type RelayNodes } from './relay-nodes.ts'

export type Kind = 'nginx' | 'haproxy'

export interface LoadBalancer extends PeerProcess {
  /** Ends TLS. */
  readonly offload: number
  /** Passes it through. */
  readonly pass: number
  readonly version: string
}

/** @param change Something a test needs otherwise. */
export async function startLoadBalancer(
  kind: Kind,
  nodes: RelayNodes,
  change: (text: string) => string = (text) => text,
): Promise<LoadBalancer> {
  const [offload, pass] = [await freePort(), await freePort()]
  const [one, two] = nodes.nodes
  if (one === undefined || two === undefined) throw new Error('no nodes')
  const file = kind === 'nginx' ? 'nginx.conf' : 'haproxy.cfg'
  const configuration = change(textOf(file))
    .replaceAll('10.0.0.11:2000', `127.0.0.1:${one.internalPort}`)
    .replaceAll('10.0.0.12:2000', `127.0.0.1:${two.internalPort}`)
    .replaceAll('10.0.0.11:2001', `127.0.0.1:${one.port}`)
    .replaceAll('10.0.0.12:2001', `127.0.0.1:${two.port}`)
    .replaceAll('/etc/ssl/relay-both.pem', nodes.file('both.pem'))
    .replaceAll('/etc/ssl/relay.pem', nodes.file('tls.pem'))
    .replaceAll('/etc/ssl/relay.key', nodes.file('tls.key'))
    // As many as a machine for tests lets a process have.
    .replace('maxconn 20000', 'maxconn 2000')
    .replace('worker_connections 20000', 'worker_connections 2000')
    .replace('listen 443 ssl', `listen 127.0.0.1:${offload} ssl`)
    .replace('listen 2001', `listen 127.0.0.1:${pass}`)
    .replace('bind :443', `bind 127.0.0.1:${offload}`)
    .replace('bind :2001', `bind 127.0.0.1:${pass}`)
  const path = nodes.file(`${offload}-${file}`)
  writeFileSync(path, kind === 'nginx' ? besideTheSystem(configuration, nodes, offload) : configuration)
  const program = findProgram(kind) ?? kind
  const args = kind === 'nginx' ? ['-p', nodes.directory, '-c', path] : ['-db', '-f', path]
  const readyPorts = [offload, pass].map((port) => ({ host: '127.0.0.1', port }))
  const peer = await startPeer({ program, args, logFile: nodes.file(`${kind}.log`), hasChildren: true, readyPorts })
  const version = kind === 'nginx' ? 'nginx' : (runProgram(program, ['-v']).split('\n')[0] ?? '')
  return { offload, pass, version, stop: () => peer.stop() }
}

/** Its files beside the nodes' instead of the system's, and in the foreground. */
function besideTheSystem(configuration: string, nodes: RelayNodes, offload: number): string {
  mkdirSync(nodes.file('tmp'), { recursive: true })
  const temporary = ['client_body', 'proxy', 'fastcgi', 'uwsgi', 'scgi']
    .map((name) => `${name}_temp_path ${nodes.file(`tmp/${name}`)};`)
    .join(' ')
  return configuration
    .replace('load_module modules/', 'load_module /usr/lib/nginx/modules/')
    .replace(
      'events {',
      `daemon off; pid ${nodes.file(`nginx-${offload}.pid`)}; error_log ${nodes.file('nginx-error.log')};\nevents {`,
    )
    .replace('http {', `http { access_log off; ${temporary}`)
}
