/**
 * Certificates for EAP-TLS, made by OpenSSL: an authority of devices, a server, devices, and a stranger.
 *
 * @module
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runProgram } from '../directory/peer-process.ts'

export interface DeviceCertificates {
  /** Paths of PEM files, each with its `.key` beside it. */
  readonly authority: string
  readonly server: string
  readonly device: string
  /** Of another authority. */
  readonly stranger: string
}

export function makeDeviceCertificates(home: string, guid: string): DeviceCertificates {
  const at = (name: string) => join(home, name)
  const authority = (name: string) =>
    runProgram('openssl', [
      'req',
      '-x509',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-days',
      '30',
      '-subj',
      `/CN=${name}`,
      '-addext',
      'basicConstraints=critical,CA:TRUE',
      '-addext',
      'keyUsage=critical,keyCertSign,cRLSign',
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.pem`),
    ])
  const issue = (name: string, by: string, purpose: string, names: string) => {
    runProgram('openssl', [
      'req',
      '-new',
      '-newkey',
      'ec',
      '-pkeyopt',
      'ec_paramgen_curve:P-256',
      '-nodes',
      '-subj',
      `/CN=${name}`,
      '-keyout',
      at(`${name}.key`),
      '-out',
      at(`${name}.csr`),
    ])
    writeFileSync(at(`${name}.ext`), `extendedKeyUsage=${purpose}\nsubjectAltName=${names}\n`)
    runProgram('openssl', [
      'x509',
      '-req',
      '-in',
      at(`${name}.csr`),
      '-CA',
      at(`${by}.pem`),
      '-CAkey',
      at(`${by}.key`),
      '-CAcreateserial',
      '-days',
      '30',
      '-extfile',
      at(`${name}.ext`),
      '-out',
      at(`${name}.pem`),
    ])
    return at(`${name}.pem`)
  }
  authority('authority')
  authority('others')
  return {
    authority: at('authority.pem'),
    server: issue('server', 'authority', 'serverAuth', 'DNS:radius.lab.test'),
    device: issue('device', 'authority', 'clientAuth', `DNS:device.lab.test,URI:ID:Sallygate:GUID:${guid}`),
    stranger: issue('stranger', 'others', 'clientAuth', 'DNS:stranger.lab.test'),
  }
}
