/**
 * `sallygate certificate`: thumbprints and expiry, new keys for a group, and server certificates for the parts.
 *
 * @module
 */
import { join } from 'node:path'
import { ensurePrivateDirectory, writeFileAtomic } from '@sallygate/base/file'
import type { Command } from 'commander'
import type { Thumbprints } from '../answers.ts'
import { consoleFrom, groupIdFrom, withConsole, withGroup, type GroupOptions } from '../console-access.ts'
import { print, printJson, printTable, verdict } from '../output.ts'
import { addRotation } from './certificate-rotation.ts'

interface ListedCertificate {
  readonly kind: string
  readonly name?: string | null
  readonly thumbprints: Thumbprints
  readonly status: string
  readonly notAfter: string
}

export function addCertificate(program: Command): void {
  const certificate = program
    .command('certificate')
    .description('certificates: thumbprints, expiry, new keys, the root, server certificates')
  withGroup(certificate.command('list').description('the certificates of a group')).action(
    async (options: GroupOptions) => {
      const client = consoleFrom(options)
      const group = await groupIdFrom(client, options.group)
      const answer = await client.call<{ readonly certificates: readonly ListedCertificate[] }>(
        'GET',
        `/api/groups/${group}/certificates`,
      )
      if (options.json === true) return printJson(answer.certificates)
      printTable(
        ['certificate', 'status', 'valid until', 'SHA-256', 'Windows thumbprint (SHA-1)'],
        answer.certificates.map((one) => [
          one.name ? `${one.kind} ${one.name}` : one.kind,
          verdict(one.status),
          one.notAfter.slice(0, 10),
          one.thumbprints.sha256,
          one.thumbprints.sha1Windows,
        ]),
      )
    },
  )
  addRotation(certificate)
  withConsole(
    certificate.command('root').description('write the product root certificate, which the parts are trusted by'),
  )
    .requiredOption('--out <file>', 'where to write it (PEM)')
    .action(async (options: GroupOptions & { readonly out: string }) => {
      const root = await consoleFrom(options).call<{ readonly pem: string; readonly thumbprints: Thumbprints }>(
        'GET',
        '/api/certificates/root',
      )
      writeFileAtomic(options.out, root.pem, { mode: 0o644 })
      if (options.json === true) return printJson({ file: options.out, thumbprints: root.thumbprints })
      print(`Wrote ${options.out}, SHA-256 ${root.thumbprints.sha256}`)
    })
  withConsole(
    certificate.command('server').description('issue a server certificate, for a relay or nac on another host'),
  )
    .requiredOption('--name <dns...>', 'DNS names, the first is the common name')
    .option('--ip <address...>', 'IP addresses')
    .requiredOption('--out <dir>', 'directory for tls.pem and tls.key')
    .action(
      async (
        options: GroupOptions & {
          readonly name: readonly string[]
          readonly ip?: readonly string[]
          readonly out: string
        },
      ) => {
        const body = { commonName: options.name[0] ?? '', dnsNames: options.name, ipAddresses: options.ip ?? [] }
        const made = await consoleFrom(options).call<{
          readonly certificatePem: string
          readonly privateKeyPem: string
          readonly notAfter: string
        }>('POST', '/api/tls-certificates', body)
        ensurePrivateDirectory(options.out)
        writeFileAtomic(join(options.out, 'tls.key'), made.privateKeyPem)
        writeFileAtomic(join(options.out, 'tls.pem'), made.certificatePem, { mode: 0o644 })
        if (options.json === true)
          return printJson({
            certificateFile: join(options.out, 'tls.pem'),
            privateKeyFile: join(options.out, 'tls.key'),
            notAfter: made.notAfter,
          })
        print(`Wrote tls.pem and tls.key in ${options.out}, valid until ${made.notAfter.slice(0, 10)}`)
      },
    )
}
