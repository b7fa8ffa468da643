/**
 * The first words: the server's greeting, our EHLO, and what the server says it can do.
 *
 * @module
 */
import { mailFailure, type MailSettings } from '../contract.ts'
import { extensionsOf, noExtensions, type Extensions } from './extensions.ts'
import { said, type Command } from './line.ts'
import type { Reply } from './reply-reader.ts'

/** @throws MAIL_NO_GREETING where none comes in time, MAIL_SERVER_BUSY, MAIL_NOT_SERVING. */
export async function requireGreeting(reply: Promise<Reply>, label: string): Promise<Reply> {
  const greeting = await reply.catch((error: unknown) => {
    if (!mailFailure.is(error) || error.code !== 'MAIL_TIME_OUT') throw error
    throw mailFailure('NO_GREETING', { cause: error, details: { server: label, ...error.details } })
  })
  if (greeting.code === 220) return greeting
  if (greeting.code >= 400 && greeting.code < 500) throw busy(greeting, label)
  throw mailFailure('NOT_SERVING', { details: said(greeting, label) })
}

/** @throws MAIL_SERVER_BUSY, MAIL_NOT_SERVING. */
export async function greet(command: Command, name: string, label: string): Promise<Extensions> {
  const answer = await command(`EHLO ${name}`)
  if (answer.code === 250) return extensionsOf(answer)
  if (answer.code < 500) throw busy(answer, label)
  // RFC 5321 3.2: servers from before 1995.
  const older = await command(`HELO ${name}`)
  if (older.code === 250) return noExtensions
  throw mailFailure('NOT_SERVING', { details: said(older, label) })
}

/** RFC 5321 4.1.4: who has no name says an address. */
export function ehloName({ ehloName: name }: MailSettings, address: string | undefined): string {
  if (name !== undefined) return name
  if (address === undefined) return '[127.0.0.1]'
  return address.includes(':') ? `[IPv6:${address}]` : `[${address}]`
}

const busy = (answer: Reply, label: string) => mailFailure('SERVER_BUSY', { details: said(answer, label) })
