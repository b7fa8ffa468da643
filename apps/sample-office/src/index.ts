/**
 * The sample office: a *simulated* LDAP directory, mail server, syslog collector and machines, for a first look and for tests.
 *
 * It proves nothing about real directories; interop/directory does that. It knows
 * nothing of Sallygate either: to the connector it is a server like any other.
 *
 * @module
 */
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { readFile, readPrivateFile } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { writeStatus, type Running } from '@sallygate/base/process'
import { startLdapServer } from '@sallygate/protocol-ldap'
import { decideBind, sampleTree } from './directory.ts'
import { Inbox, serveInbox } from './inbox.ts'
import { startInventorySender } from './inventory-sender.ts'
import { address, notOpened } from './listening.ts'
import { mailAccount, startMailSink } from './mail-sink.ts'
import { baseDn, everybodysPassword, groups, people, reader } from './people.ts'
import type { SampleOfficeSettings } from './settings.ts'
import { startSyslogSink } from './syslog-sink.ts'

export { sampleOfficeSettings, type SampleOfficeSettings } from './settings.ts'
export { decideBind, sampleTree } from './directory.ts'
export { inventoryOf, sampleDevices, type SampleDevice } from './devices.ts'
export { mailAccount } from './mail-sink.ts'
export { baseDn, everybodysPassword, groups, people, reader } from './people.ts'

export interface SampleOffice extends Running {
  readonly port: number
  readonly mailPort: number
  readonly syslogPort: number
  readonly inboxPort: number
}

export async function startSampleOffice(
  settings: SampleOfficeSettings,
  { log, since }: { readonly log: Log; readonly since: Date },
): Promise<SampleOffice> {
  const tls = {
    cert: readFile(settings.tlsCertificateFile),
    key: readPrivateFile(settings.tlsPrivateKeyFile),
    minVersion: 'TLSv1.2',
  } as const
  const server = await startLdapServer(
    { tree: sampleTree(), authenticate: decideBind, tls, requireTls: true, sizeLimit: 1000, maxConnections: 50 },
    { host: address, ldaps: settings.port },
  ).catch((cause: NodeJS.ErrnoException) => {
    throw notOpened(cause, settings.port)
  })
  const port = server.ldapsPort as number
  const inbox = new Inbox()
  const { cert, key } = tls
  const mail = await startMailSink({
    port: settings.mailPort,
    tls: { cert, key },
    inbox,
    log,
    now: () => systemClock.now(),
  })
  const syslog = await startSyslogSink({
    port: settings.syslogPort,
    tls: { cert, key },
    inbox,
    log,
    now: () => systemClock.now(),
  })
  const shown = await serveInbox(inbox, settings.inboxPort)
  writeStatus(join(settings.home, 'status.json'), {
    part: 'sample-office',
    pid: process.pid,
    state: 'up',
    since: since.toISOString(),
    facts: {
      simulated: true,
      url: `ldaps://${address}:${port}`,
      port,
      baseDn,
      bindDn: reader.dn,
      bindPassword: reader.password,
      userPassword: everybodysPassword,
      people: people.length,
      groups: groups.length,
      mailPort: mail.port,
      syslogPort: syslog.port,
      mailUser: mailAccount.user,
      mailPassword: mailAccount.password,
      inboxUrl: `http://${address}:${shown.port}`,
    },
  })
  log.info('sample office is open: simulated directory, made-up people', { port, people: people.length })
  const { inventoryUrl, inventorySecretFile: secretFile } = settings
  const sender =
    inventoryUrl === undefined || secretFile === undefined
      ? undefined
      : startInventorySender({ url: inventoryUrl, secretFile, clock: systemClock, log })
  return {
    port,
    mailPort: mail.port,
    syslogPort: syslog.port,
    inboxPort: shown.port,
    async stop() {
      sender?.cancel()
      await Promise.all([server.stop(), mail.stop(), syslog.stop(), shown.stop()])
    },
  }
}
