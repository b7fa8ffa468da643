/**
 * What the tests of the mail agent share: a service that is pointed at a scripted server.
 *
 * @module
 */
import { systemClock, type Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { ServiceLife, type OperationContext } from '@sallygate/service-kit'
import { startScriptedSmtp, type ScriptedSmtp, type ScriptedSmtpOptions } from '@sallygate/testkit/scripted-smtp'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import type { MailSettingsInput, RecipientOutcome } from '../../contract.ts'
import { mailService } from '../index.ts'

const stops: (() => Promise<void>)[] = []

/** Stops what the test opened, the last first. For `afterEach`. */
export async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop()
}

export interface Office {
  readonly server: ScriptedSmtp
  readonly life: ServiceLife
}

export async function connect(
  port: number,
  settings: Partial<MailSettingsInput> = {},
  parts: { readonly clock?: Clock; readonly log?: Log } = {},
): Promise<ServiceLife> {
  const clock = parts.clock ?? systemClock
  const addresses = { localhost: '127.0.0.1' }
  const host = testServiceHost({ clock, addresses, ...(parts.log === undefined ? {} : { log: parts.log }) })
  const life = new ServiceLife(mailService, host)
  stops.push(() => life.stop())
  await life.configure({
    servers: [{ host: 'localhost', port }],
    encryption: 'none',
    from: 'sallygate@example.com',
    ...settings,
  })
  return life
}

export async function open(
  options: ScriptedSmtpOptions = {},
  settings: Partial<MailSettingsInput> = {},
  parts: { readonly clock?: Clock; readonly log?: Log } = {},
): Promise<Office> {
  const server = await startScriptedSmtp(options)
  stops.push(() => server.stop())
  return { server, life: await connect(server.port, settings, parts) }
}

export interface Sent {
  readonly server: string
  readonly protocol?: string
  readonly recipients: readonly RecipientOutcome[]
}

export const mail = (more: object = {}) => ({
  messageId: '17@example.com',
  date: '2026-11-22T10:00:00.000Z',
  to: ['ada@example.com'],
  recipients: ['ada@example.com'],
  subject: 'Certificate ends',
  text: 'It ends.\n\nRenew it.\n',
  html: '<p>It ends.</p>',
  ...more,
})

export const send = (life: ServiceLife, more: object = {}, context: OperationContext = testContext()): Promise<Sent> =>
  life.run('send', mail(more), context) as Promise<Sent>
