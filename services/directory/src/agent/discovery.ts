/**
 * Discovery: the servers of a domain as DNS names them, those of our site first.
 *
 * DNS says names and order. What certificate a server must show and where a password
 * may go is decided as for a server that was typed by hand.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { LocatedHost, OperationContext, ServiceHost } from '@sallygate/service-kit'
import { directoryFailure, type DraftSettings, type ServersResult } from '../contract.ts'
import { within } from './deadline.ts'
import { onceEach, type ServerEntry } from './server-entry.ts'
import { askForSite } from './site-ping.ts'

/** More are not tried within anybody's deadline. */
export const maxFound = 32
const lookUpMs = 5000

type Discovery = NonNullable<DraftSettings['discovery']>
type Settings = Pick<DraftSettings, 'type' | 'encryption'> & { readonly discovery: Discovery }

export interface Discovered {
  readonly entries: readonly ServerEntry[]
  readonly questions: ServersResult['questions']
  readonly site: ServersResult['site']
  readonly siteFailure: string | undefined
}

/** Never throws for a question without an answer: each says what became of it. */
export async function discover(
  settings: Settings,
  host: Pick<ServiceHost, 'target' | 'clock' | 'locate'>,
  context: OperationContext,
): Promise<Discovered> {
  const { domain, site: wanted } = settings.discovery
  const questions: ServersResult['questions'] = []
  const ask = async (name: string): Promise<readonly LocatedHost[]> => {
    try {
      const found = await within(host.clock, context, lookUpMs, (signal) => abortable(host.locate(name), signal))
      questions.push({ name, servers: found.length })
      return ordered(found)
    } catch (error) {
      if (!(error instanceof Failure)) throw error
      questions.push({ name, servers: 0, failure: error.code })
      return []
    }
  }
  const everywhere = await ask(nameOf(settings, undefined))
  let site: ServersResult['site']
  let siteFailure: string | undefined
  if (wanted !== undefined && settings.type !== 'activeDirectory') siteFailure = 'Only Active Directory has sites.'
  else if (wanted === 'automatic') {
    const answer = await askForSite(
      host,
      domain,
      everywhere.map((one) => one.host),
      context,
    )
    if ('failure' in answer) siteFailure = answer.failure
    else site = { name: answer.site, from: 'ping', askedServer: answer.server }
  } else if (wanted !== undefined) site = { name: wanted, from: 'settings' }
  const near = site === undefined ? [] : await ask(nameOf(settings, site.name))
  if (site !== undefined && near.length === 0) siteFailure = `DNS names no server in the site ${site.name}.`
  const rows = [
    ...near.map((one) => entryOf(settings, one, 'site', false)),
    // With servers of our own site there, those elsewhere are for when none of them answers.
    ...everywhere.map((one) => entryOf(settings, one, 'domain', near.length > 0)),
  ]
  return { entries: onceEach(rows).slice(0, maxFound), questions, site, siteFailure }
}

/** MS-ADTS 6.3.2.3; of other directories RFC 2782's plain form. */
function nameOf({ type, discovery }: Settings, site: string | undefined): string {
  const { domain, globalCatalog } = discovery
  if (type !== 'activeDirectory') return `_ldap._tcp.${domain}`
  const where = site === undefined ? '' : `${site}._sites.`
  // The catalog is registered for the forest, whose name the settings then hold.
  return globalCatalog === true ? `_gc._tcp.${where}${domain}` : `_ldap._tcp.${where}dc._msdcs.${domain}`
}

function entryOf(settings: Settings, found: LocatedHost, from: 'site' | 'domain', isBackup: boolean): ServerEntry {
  const { host, priority, weight } = found
  return { server: { host, port: portOf(settings, found.port) }, from, isBackup, priority, weight }
}

/** DNS knows the port of plain LDAP; the encrypted one is its neighbour by custom. */
function portOf({ encryption }: Settings, port: number): number {
  if (encryption !== 'ldaps') return port
  return (
    new Map([
      [389, 636],
      [3268, 3269],
    ]).get(port) ?? port
  )
}

/** By priority, and among equals by lot, each with the share its weight gives it (RFC 2782). */
export function ordered(hosts: readonly LocatedHost[], draw: () => number = Math.random): readonly LocatedHost[] {
  // The usual way to draw in order with weights: the largest of u^(1/w) goes first.
  const keyed = hosts.map((one) => ({ one, key: draw() ** (1 / Math.max(one.weight, 0.01)) }))
  return keyed.toSorted((a, b) => a.one.priority - b.one.priority || b.key - a.key).map(({ one }) => one)
}

function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    signal.addEventListener('abort', () => reject(signal.reason as Error), { once: true })
    promise.then(resolve, reject)
  })
}

/** @throws DIRECTORY_DISCOVERY_FAILED when nothing was found. */
export function requireFound({ entries, questions }: Discovered, domain: string): readonly ServerEntry[] {
  if (entries.length > 0) return entries
  const failure = questions.find((one) => one.failure !== undefined)?.failure
  throw directoryFailure('DISCOVERY_FAILED', {
    details: {
      domain,
      asked: questions.map(({ name }) => name).join(', '),
      ...(failure === undefined ? {} : { failure }),
    },
  })
}
