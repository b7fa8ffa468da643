/**
 * Where entries may begin: the naming contexts of a server, and what lies right below an entry.
 *
 * Asked while the base DN is being chosen, so the settings' own does not limit it; the
 * policy file of the host does.
 *
 * @module
 */
import { anyOf, equal, isWithin, parseName, present, type SearchEntry } from '@sallygate/protocol-ldap'
import type { OperationContext } from '@sallygate/service-kit'
import { directoryFailure, type BasesResult } from '../contract.ts'
import { EntryReader, textsOf } from './read-entries.ts'

type Base = BasesResult['bases'][number]

const kindOfClass: readonly (readonly [objectClass: string, kind: Base['kind']])[] = [
  ['domain', 'domain'],
  ['dcobject', 'domain'],
  ['organization', 'organization'],
  ['organizationalunit', 'organizationalUnit'],
]

/** Containers by object class: OpenLDAP and 389, Active Directory, eDirectory, Domino. People are none. */
const containerClasses = [
  'organizationalUnit',
  'organization',
  'domain',
  'dcObject',
  'container',
  'nsContainer',
  'country',
  'locality',
  'builtinDomain',
  'treeRoot',
] as const

const rootAttributes = [
  'namingContexts',
  'defaultNamingContext',
  'configurationNamingContext',
  'schemaNamingContext',
] as const

export async function namingContexts(
  reader: EntryReader,
  context: OperationContext,
): Promise<Omit<BasesResult, 'server'>> {
  const limits = context.limits['baseDns']
  // What policy allows this group is all there is to begin at.
  if (limits !== undefined) {
    return { bases: limits.map((dn) => ({ dn, kind: 'context' })), more: false, ...suggestion(limits) }
  }
  const root = await reader.one('', present('objectClass'), rootAttributes)
  if (root === undefined) throw directoryFailure('NO_SUCH_BASE', { details: { of: 'the root of the server' } })
  const system = new Set(
    ['configurationNamingContext', 'schemaNamingContext'].flatMap((name) => textsOf(root, name)).map(key),
  )
  const contexts = textsOf(root, 'namingContexts').slice(0, 100)
  const isSystem = (dn: string) => system.has(key(dn)) || /^DC=(DomainDnsZones|ForestDnsZones),/i.test(dn)
  const bases = contexts.map((dn): Base => ({
    dn: dn.slice(0, 2048),
    kind: isSystem(dn) ? 'systemContext' : 'context',
  }))
  const [named] = textsOf(root, 'defaultNamingContext')
  const own = named === undefined ? bases.flatMap(({ dn, kind }) => (kind === 'context' ? [dn] : [])) : [named]
  return { bases, more: false, ...suggestion(own) }
}

const suggestion = (dns: readonly string[]) => (dns.length === 1 ? { suggested: dns[0]?.slice(0, 2048) ?? '' } : {})

/** @throws DIRECTORY_BASE_NOT_ALLOWED for a name that is none, or lies outside what policy gives the group. */
export async function basesBelow(
  reader: EntryReader,
  below: string,
  limit: number,
  context: OperationContext,
): Promise<Omit<BasesResult, 'server'>> {
  requireAllowed(below, context)
  const filter = anyOf(...containerClasses.map((name) => equal('objectClass', name)))
  const found = await reader.ask({ base: below, scope: 'one', filter, attributes: ['objectClass'], limit })
  const bases = found.entries.map((entry): Base => ({ dn: entry.dn.slice(0, 2048), kind: kindOf(entry) }))
  return { bases: bases.toSorted((a, b) => (key(a.dn) < key(b.dn) ? -1 : 1)), more: found.more }
}

function requireAllowed(dn: string, context: OperationContext): void {
  try {
    const name = parseName(dn)
    const limits = context.limits['baseDns']?.map((text) => parseName(text))
    if (limits === undefined || limits.some((limit) => isWithin(name, limit))) return
  } catch (cause) {
    throw directoryFailure('BASE_NOT_ALLOWED', { cause })
  }
  throw directoryFailure('BASE_NOT_ALLOWED')
}

function kindOf(entry: SearchEntry): Base['kind'] {
  const classes = new Set(textsOf(entry, 'objectClass').map((name) => name.toLowerCase()))
  return kindOfClass.find(([name]) => classes.has(name))?.[1] ?? 'container'
}

const key = (dn: string) => dn.toLowerCase()
