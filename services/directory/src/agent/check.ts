/**
 * Checking: every step from the name of each server to one user and one group.
 *
 * On connections of its own: what is in the pool may have been opened before somebody
 * changed what is being checked.
 *
 * @module
 */
import { approachSays, partOf, stepRows } from '@sallygate/agent-kit'
import { CheckList, startTrace, type CheckRow, type OperationContext } from '@sallygate/service-kit'
import { directoryFailure } from '../contract.ts'
import type { Connection } from './connections.ts'
import { bindService, dial, type Dialed, type Dialer } from './dial.ts'
import { projectEntries } from './entry.ts'
import { present } from '@sallygate/protocol-ldap'
import { searchStart, wholeFilter } from './search-order.ts'
import { SearchRun } from './search.ts'
import { serverLabel, type ServerAddress } from './server-entry.ts'
import { findServers, type FoundServers } from './find-servers.ts'

/** A check is read by a person; a domain may have dozens of servers. */
const mostChecked = 8

export async function checkDirectory(dialer: Dialer, context: OperationContext): Promise<readonly CheckRow[]> {
  const { clock } = dialer.host
  const list = new CheckList(clock)
  const rows: CheckRow[] = []
  let first: Dialed | undefined
  const found = await findServers(dialer.plan.settings, dialer.host, context)
  rows.push(...discoveryRows(dialer, found))
  try {
    const tried = found.entries.slice(0, mostChecked)
    for (const [index, { server }] of tried.entries()) {
      // One part is for what is below.
      const part = partOf(context, clock, tried.length - index + 1)
      const { steps, dialed } = await checkServer(dialer, server, part)
      rows.push(...steps)
      if (dialed === undefined) continue
      if (first === undefined) first = dialed
      else dialed.session.close()
    }
    if (first === undefined) {
      for (const target of ['Base DN', 'One user', 'One group']) list.skip(target, 'No server could be used.')
    } else await checkContents(dialer, first, context, list)
  } finally {
    first?.session.close()
  }
  return [...rows, ...list.rows]
}

function discoveryRows(dialer: Dialer, { questions, site, siteFailure }: FoundServers): readonly CheckRow[] {
  const { discovery } = dialer.plan.settings
  if (discovery === undefined) return []
  const row = (target: string, result: CheckRow['result'], says: string, fix = ''): CheckRow => ({
    target: target.slice(0, 300),
    result,
    says,
    fix,
    durationMs: 0,
  })
  const isAnyFound = questions.some(({ servers }) => servers > 0)
  const rows = questions.map(({ name, servers, failure }) => {
    const isNone = servers === 0
    const says =
      failure === undefined ? `DNS names ${servers} servers.` : `The name servers gave no answer (${failure}).`
    // Nobody in our site, and somebody elsewhere, is slower and not broken.
    const result = !isNone ? 'ok' : isAnyFound ? 'warning' : 'failed'
    return row(`DNS: ${name}`, result, says, isNone ? directoryFailure.rows.DISCOVERY_FAILED.fix : '')
  })
  if (discovery.site === undefined) return rows
  const target = `Site of ${discovery.domain}`
  if (siteFailure !== undefined) {
    const fix = 'Name the site in the directory settings, or let UDP 389 through to the domain controllers.'
    return [...rows, row(target, 'warning', siteFailure, fix)]
  }
  return [
    ...rows,
    row(target, 'ok', `${site?.name ?? ''}, from ${site?.from === 'ping' ? 'a domain controller' : 'the settings'}.`),
  ]
}

const stepNames: Readonly<Record<string, string>> = {
  dns: 'Name and policy',
  tcp: 'TCP connection',
  startTls: 'StartTLS',
  tls: 'TLS certificate',
  bind: 'Bind account',
}

/** One row per step of dialing, in the order of the steps; the trace of the dial knows them. */
async function checkServer(
  dialer: Dialer,
  server: ServerAddress,
  context: OperationContext,
): Promise<{ steps: readonly CheckRow[]; dialed: Dialed | undefined }> {
  const { settings } = dialer.plan
  const label = serverLabel(server)
  const trace = startTrace(dialer.host.clock)
  const within = { ...context, trace }
  const list = new CheckList(dialer.host.clock)
  const encryption = { none: [], ldaps: ['tls'], startTls: ['startTls', 'tls'] }[settings.encryption]
  const expected = ['dns', 'tcp', ...encryption, 'bind']
  let dialed: Dialed | undefined
  let failure: unknown
  try {
    dialed = await dial(dialer, server, within)
    await bindService(dialer, dialed, within)
  } catch (error) {
    failure = error
    dialed?.session.destroy(error)
  }
  const { clock } = dialer.host
  const steps = await stepRows({
    clock,
    spans: trace.spans,
    failure,
    label,
    steps: expected.map((step) => [step, stepNames[step] ?? step] as const),
    says: {
      ...approachSays(dialed?.tls, { now: clock.now(), renew: 'Renew the certificate of the directory server.' }),
      startTls: 'The server agreed to encrypt.',
      bind: 'The server accepted the bind account.',
    },
    notNeeded: { bind: 'No bind account: anonymous.' },
  })
  if (settings.encryption === 'none') {
    await list.row(`Encryption: ${label}`, async () => ({
      result: 'warning',
      says: 'Passwords travel readable by everybody on the way.',
      fix: 'Choose LDAPS or StartTLS in the directory settings.',
    }))
  }
  return { steps: [...steps, ...list.rows], dialed: failure === undefined ? dialed : undefined }
}

async function checkContents(
  dialer: Dialer,
  dialed: Dialed,
  context: OperationContext,
  list: CheckList,
): Promise<void> {
  const { plan } = dialer
  const connection: Connection = { ...dialed, openedMs: 0, isReused: false }
  const base = { text: plan.settings.baseDn, name: plan.users.baseName }
  const find = async (kind: 'users' | 'groups', filters: Parameters<typeof wholeFilter>[0], where = base) => {
    const order = {
      kind,
      bases: [where],
      filter: wholeFilter(filters, undefined),
      projection: projectEntries(plan, kind, []),
      isAllowed: () => true,
    }
    return new SearchRun(dialer, connection, order, context, 1, searchStart).run()
  }
  const isThere = await list.row(`Base DN: ${plan.settings.baseDn}`, async () => {
    const { entries } = await find('users', [present('objectClass')])
    if (entries.length === 0) throw directoryFailure('NO_SUCH_BASE')
    return 'It exists and can be read.'
  })
  for (const kind of ['users', 'groups'] as const) {
    const word = kind === 'users' ? 'user' : 'group'
    const target = `One ${word} below ${plan[kind].base}`
    if (!isThere) {
      list.skip(target, 'Not tried, because the base DN cannot be read.')
      continue
    }
    await list.row(target, async () => {
      const where = { text: plan[kind].base, name: plan[kind].baseName }
      const { entries } = await find(kind, plan[kind].filters, where)
      const [entry] = entries
      if (entry === undefined) {
        return {
          result: 'warning',
          says: `No ${word} was found.`,
          fix: `Check the ${word} base DN, object class and filter, and the rights of the bind account.`,
        }
      }
      if (entry.id === undefined) {
        return {
          result: 'warning',
          says: `Found ${entry.dn}, without ${plan.identifier.attribute}.`,
          fix: 'Choose an object identifier that this server has and the bind account may read.',
        }
      }
      return `Found ${entry.dn}.`
    })
  }
}
