/**
 * Positions: what a server can tell about changes, and where it stands now.
 *
 * A position is read before anything else is: what changes while the rest is being read
 * is read again next time, and nothing is missed.
 *
 * @module
 */
import {
  pagedResults,
  present,
  resultCodes,
  type Control,
  type Filter,
  type SearchEntry,
} from '@sallygate/protocol-ldap'
import type { OperationContext, ResultOf } from '@sallygate/service-kit'
import type { DirectoryContract, SyncPosition } from '../contract.ts'
import { failureOf, translate } from './answers.ts'
import type { Connection } from './connections.ts'
import { within } from './deadline.ts'
import type { Dialer } from './dial.ts'
import { identifierText } from './identifier.ts'

/** MS-ADTS 3.1.1.3.4.1.14: deleted objects are found as well. */
export const showDeleted: Control = { oid: '1.2.840.113556.1.4.417', isCritical: true }

/** Where a server tells the time of its last change: clocks of writers in one second, and nothing else. */
const changeMarginMs = 1000
/** Where only our clock tells the time: as far as clocks may be apart in a Kerberos realm. */
const clockMarginMs = 300_000

type Started = ResultOf<DirectoryContract, 'syncStart'>

export interface Bearings {
  readonly identity: string
  readonly vendor: string
  readonly method: Started['method']
  /** By DirSync the cookie is not among it: that is a reading of its own. */
  readonly position: SyncPosition | undefined
  readonly deletions: Started['deletions']
  /** The root of the naming context, for what has left the base. */
  readonly root: string | undefined
  /** The naming context that DirSync can be asked about, whoever asks. */
  readonly whole?: string | undefined
}

export async function takeBearings(
  dialer: Dialer,
  connection: Connection,
  context: OperationContext,
): Promise<Bearings> {
  const ask: Ask = (base, attributes, controls = [], scope = 'base') =>
    readEntry(dialer, connection, context, { base, scope, attributes, controls })
  const { plan } = dialer
  const wanted = plan.settings.sync.incremental
  const root = await ask('', [
    'vendorName',
    'vendorVersion',
    'namingContexts',
    'defaultNamingContext',
    'dsServiceName',
    'highestCommittedUSN',
    'structuralObjectClass',
  ])
  if (!plan.isActiveDirectory) return genericBearings(dialer, connection, root, ask)
  const service = textOf(root, 'dsServiceName')
  const invocation = service === undefined ? undefined : valueOf(await ask(service, ['invocationId']), 'invocationId')
  const identity = invocation === undefined ? undefined : identifierText(invocation, 'guid')
  const usn = textOf(root, 'highestCommittedUSN')
  const naming = textOf(root, 'defaultNamingContext')
  const isUsn = identity !== undefined && usn !== undefined && wanted !== 'none' && wanted !== 'timestamp'
  const all = isUsn && wanted === 'dirSync' ? wholeContext(dialer, textsOf(root, 'namingContexts')) : undefined
  // Who may see a part of the domain must not learn what changes in the rest.
  const whole = context.limits['baseDns'] === undefined ? all : undefined
  const deletions = await deletionsOf(dialer, naming, ask)
  // DirSync names objects by their GUID, and those that are gone by nothing else.
  const isNamed = plan.identifier.attribute.toLowerCase() === 'objectguid'
  return {
    identity: identity ?? connection.label,
    vendor: vendorOf(root) ?? 'Active Directory',
    method: whole !== undefined ? 'dirSync' : isUsn ? 'usn' : 'none',
    position: !isUsn
      ? undefined
      : whole === undefined
        ? { kind: 'usn', identity, value: usn }
        : { kind: 'dirSync', identity, context: whole, usn, value: '' },
    deletions: whole !== undefined && deletions === 'tombstones' && !isNamed ? 'sweep' : deletions,
    root: naming,
    whole: all,
  }
}

/** The naming context that holds people and groups, if it is one: DirSync reads a whole one or none. */
function wholeContext({ plan }: Dialer, contexts: readonly string[]): string | undefined {
  const [users, groups] = [plan.users.base, plan.groups.base].map((base) => longestSuffix(contexts, base))
  return users === groups ? users : undefined
}

type Ask = (
  base: string,
  attributes: readonly string[],
  controls?: readonly Control[],
  scope?: 'base' | 'one',
) => Promise<SearchEntry | undefined>

async function genericBearings(
  { plan, host }: Dialer,
  connection: Connection,
  root: SearchEntry | undefined,
  ask: Ask,
): Promise<Bearings> {
  const { incremental, deletions } = plan.settings.sync
  const suffix = longestSuffix(textsOf(root, 'namingContexts'), plan.settings.baseDn)
  const stamps = suffix === undefined ? [] : textsOf(await ask(suffix, ['contextCSN']), 'contextCSN')
  const newest = stamps
    .map((stamp) => stamp.slice(0, 14))
    .toSorted()
    .at(-1)
  const isTold = stamps.length === 1 && newest !== undefined && /^\d{14}$/.test(newest)
  const value = isTold ? stampOf(timeOf(newest) - changeMarginMs) : stampOf(host.clock.now().getTime() - clockMarginMs)
  const method = incremental === 'automatic' || incremental === 'timestamp' ? 'timestamp' : 'none'
  const identity = connection.label
  return {
    identity,
    vendor: vendorOf(root) ?? 'LDAP',
    method,
    position: method === 'none' ? undefined : { kind: 'timestamp', identity, value },
    deletions: deletions === 'never' ? 'never' : 'sweep',
    root: suffix,
  }
}

/**
 * Seeing deleted objects is a right of its own; without it there is the sweep. That one of them is seen is the only
 * proof: Samba shows their container to everybody, and to most nothing in it. (interop/directory-sync/dir-sync)
 */
async function deletionsOf({ plan }: Dialer, naming: string | undefined, ask: Ask): Promise<Started['deletions']> {
  const wanted = plan.settings.sync.deletions
  if (wanted === 'never' || wanted === 'sweep') return wanted
  if (naming === undefined) return 'sweep'
  const one = [showDeleted, pagedResults({ size: 1, cookie: Buffer.alloc(0) })]
  const found = await ask(`CN=Deleted Objects,${naming}`, ['isDeleted'], one, 'one')
  return found === undefined ? 'sweep' : 'tombstones'
}

/** Why the last position does not lead on from here; `undefined` when it does. */
export function whyNotOn(since: SyncPosition | undefined, now: Bearings): Started['because'] {
  if (now.position === undefined) return 'noMethod'
  if (since === undefined) return 'noPosition'
  if (since.kind !== now.position.kind) return 'otherMethod'
  if (since.identity !== now.position.identity) return 'otherServer'
  if (since.kind === 'dirSync' && since.context !== (now.position as typeof since).context) return 'otherServer'
  return isBehind(since, now.position) ? 'restored' : undefined
}

/** A database that stands before what it once said is a copy of an older one. */
function isBehind(since: SyncPosition, now: SyncPosition): boolean {
  if (since.kind === 'usn') return BigInt(now.value) < BigInt(since.value)
  if (since.kind === 'dirSync') return BigInt((now as typeof since).usn) < BigInt(since.usn)
  return now.value < since.value
}

/** What has changed since. */
export function changedSince(since: Exclude<SyncPosition, { kind: 'dirSync' }>): Filter {
  if (since.kind === 'usn') return greaterOrEqual('uSNChanged', String(BigInt(since.value) + 1n))
  return greaterOrEqual('modifyTimestamp', since.value)
}

const greaterOrEqual = (attribute: string, value: string): Filter => ({
  kind: 'greaterOrEqual',
  attribute,
  value: Buffer.from(value, 'utf8'),
})

interface Wanted {
  readonly base: string
  readonly scope: 'base' | 'one'
  readonly attributes: readonly string[]
  readonly controls: readonly Control[]
}

/** The entry of a name, or one below it; `undefined` where there is none, or none for us. */
async function readEntry(
  { plan, host }: Dialer,
  { session, label }: Connection,
  context: OperationContext,
  { base, scope, attributes, controls }: Wanted,
): Promise<SearchEntry | undefined> {
  const { operationTimeoutMs, maxBytes } = plan.settings
  let found: SearchEntry | undefined
  const request = {
    base,
    scope,
    sizeLimit: 0,
    timeLimitSeconds: Math.ceil(operationTimeoutMs / 1000),
    typesOnly: false,
    filter: present('objectClass'),
    attributes,
  }
  const answer = await within(host.clock, context, operationTimeoutMs, (signal) =>
    session.search(request, controls, { maxEntries: scope === 'base' ? 1 : 10, maxBytes }, signal, (entry) => {
      found = entry
    }),
  ).catch((error: unknown) => {
    throw translate(error, label)
  })
  const { code } = answer.result
  if (code === resultCodes.success || found !== undefined) return found
  if (notForUs.has(code)) return undefined
  throw failureOf(answer.result, label)
}

const notForUs = new Set<number>([
  resultCodes.noSuchObject,
  resultCodes.insufficientAccessRights,
  resultCodes.invalidDnSyntax,
  resultCodes.referral,
  resultCodes.unavailableCriticalExtension,
])

function valueOf(entry: SearchEntry | undefined, attribute: string): Buffer | undefined {
  return entry?.attributes.find(({ type }) => type.toLowerCase() === attribute.toLowerCase())?.values[0]
}

function textsOf(entry: SearchEntry | undefined, attribute: string): readonly string[] {
  const found = entry?.attributes.find(({ type }) => type.toLowerCase() === attribute.toLowerCase())
  return (found?.values ?? []).map((value) => value.toString('utf8'))
}

const textOf = (entry: SearchEntry | undefined, attribute: string) => textsOf(entry, attribute)[0]

function vendorOf(root: SearchEntry | undefined): string | undefined {
  if (textsOf(root, 'structuralObjectClass').includes('OpenLDAProotDSE')) return 'OpenLDAP'
  const said = [textOf(root, 'vendorName'), textOf(root, 'vendorVersion')].filter((text) => text !== undefined)
  return said.length === 0 ? undefined : said.join(' ').slice(0, 200)
}

function longestSuffix(contexts: readonly string[], base: string): string | undefined {
  const folded = base.toLowerCase().replaceAll(/\s*([,=])\s*/g, '$1')
  const above = contexts.filter((context) => {
    const suffix = context.toLowerCase().replaceAll(/\s*([,=])\s*/g, '$1')
    return folded === suffix || folded.endsWith(`,${suffix}`)
  })
  return above.toSorted((a, b) => b.length - a.length)[0]
}

function timeOf(stamp: string): number {
  const part = (from: number, to: number) => Number(stamp.slice(from, to))
  return Date.UTC(part(0, 4), part(4, 6) - 1, part(6, 8), part(8, 10), part(10, 12), part(12, 14))
}

const stampOf = (ms: number) => `${new Date(ms).toISOString().replaceAll(/[-:T]/g, '').slice(0, 14)}Z`
