/**
 * Certificates for collectors and for us, by one authority, in a folder. OpenSSL makes them, as whoever runs a collector would.
 *
 * @module
 */
import { readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../directory/peer-process.ts'

export interface Pair {
  readonly cert: string
  readonly key: string
}

export interface Certificates {
  /** PEM. */
  readonly authority: string
  /** The name that collectors are told to permit. */
  readonly sender: Pair
  /** By the same authority, with a name that nobody permits. */
  readonly stranger: Pair
}

export const senderName = 'sender.lab.test'

/** Leaves `ca.pem`, `collector.pem` and `collector.key`, made out to `localhost` and 127.0.0.1, in the folder. */
export function makeCertificates(folder: string): Certificates {
  const at = (name: string) => join(folder, name)
  const key = (name: string) => [
    '-newkey',
    'ec',
    '-pkeyopt',
    'ec_paramgen_curve:prime256v1',
    '-nodes',
    '-keyout',
    at(`${name}.key`),
  ]
  runProgram('openssl', ['req', '-x509', ...key('ca'), '-days', '30', '-subj', '/CN=collectors', '-out', at('ca.pem')])
  const issue = (name: string, host: string, alternative: string, use: string): Pair => {
    runProgram('openssl', ['req', '-new', ...key(name), '-subj', `/CN=${host}`, '-out', at(`${name}.csr`)])
    writeFileSync(at(`${name}.ext`), `subjectAltName=${alternative}\nextendedKeyUsage=${use}\n`)
    const by = ['-CA', at('ca.pem'), '-CAkey', at('ca.key'), '-CAcreateserial', '-extfile', at(`${name}.ext`)]
    runProgram('openssl', ['x509', '-req', '-in', at(`${name}.csr`), ...by, '-days', '30', '-out', at(`${name}.pem`)])
    return { cert: readFileSync(at(`${name}.pem`), 'utf8'), key: readFileSync(at(`${name}.key`), 'utf8') }
  }
  issue('collector', 'localhost', 'DNS:localhost,IP:127.0.0.1', 'serverAuth')
  return {
    authority: readFileSync(at('ca.pem'), 'utf8'),
    sender: issue('sender', senderName, `DNS:${senderName}`, 'clientAuth'),
    stranger: issue('stranger', 'stranger.lab.test', 'DNS:stranger.lab.test', 'clientAuth'),
  }
}
