/**
 * The steps of a probe, in the order in which ISE would meet them.
 *
 * @module
 */
import { randomBytes } from '@sallygate/base/bytes'
import type { IseDevice } from './device-list.ts'
import { iseClientFailure } from './failures.ts'
import type { HttpsExchange } from './https-exchange.ts'
import type { IseClient, Timed } from './ise-client.ts'
import { expectedMs, harmfulMs, summarizeLatency } from './latency.ts'
import type { ProbeTarget } from './probe-target.ts'
import type { Finding, ProbeOptions, ProbeState, Step } from './probe.ts'
import { walkPages } from './probe-walk.ts'
import { infoPath } from './query-path.ts'
import { showChain } from './server-certificate.ts'

export interface StepContext {
  readonly options: ProbeOptions
  readonly target: ProbeTarget
  readonly exchange: HttpsExchange
  readonly client: IseClient
  readonly anonymous: IseClient
  readonly state: ProbeState
}

/** When an expiry is worth a warning; the console counts down from the same day. */
const warnDays = 30

export function describeSteps(context: StepContext): readonly Step[] {
  const { query } = context.options
  return [
    { target: 'certificate', isNeeded: true, run: () => certificate(context) },
    { target: 'without password', run: () => challenge(context) },
    { target: 'test connection', isNeeded: true, run: () => testConnection(context) },
    { target: 'unknown device', run: () => unknownDevice(context) },
    ...(query === undefined
      ? []
      : [{ target: `${query.criterion} ${query.value.slice(0, 64)}`, run: () => knownDevice(context, query) }]),
    { target: 'paging walk', run: () => pagingWalk(context) },
    { target: 'compliance poll', run: () => compliancePoll(context) },
    { target: 'latency', run: () => latency(context) },
  ]
}

async function certificate({ options, target, state }: StepContext): Promise<Finding> {
  if (target.origin.protocol === 'http:')
    return {
      result: 'warning',
      says: 'This is plain http.',
      fix: 'ISE speaks HTTPS only; this address is good for a look, not for ISE.',
    }
  const chain = await showChain(target.origin, {
    clock: options.clock,
    timeoutMs: options.timeoutMs ?? 30_000,
    ...(options.ca === undefined ? {} : { ca: options.ca }),
    ...(options.admits === undefined ? {} : { admits: options.admits }),
  })
  state.chain = chain
  if (chain.distrust !== undefined)
    throw iseClientFailure(chain.distrust, { details: { issuer: chain.certificates.at(-1)?.issuer ?? '' } })
  const soonest = chain.certificates.toSorted((a, b) => a.daysLeft - b.daysLeft)[0]
  const says = `${chain.tlsVersion}, ${chain.certificates.length} in the chain, ${chain.certificates[0]?.daysLeft ?? 0} days left`
  if (soonest !== undefined && soonest.daysLeft < warnDays)
    return {
      result: 'warning',
      says: `${says}; ${soonest.subject} ends in ${soonest.daysLeft} days`,
      fix: 'Renew it under the same authority before it ends; after that every device looks unregistered to ISE.',
    }
  return { says }
}

async function challenge({ exchange, target, options }: StepContext): Promise<Finding> {
  const answer = await exchange.request({ method: 'GET', path: infoPath(target.prefix, options.maxVersion ?? 3) })
  if (answer.status === 401 && /^basic\b/i.test(answer.headers['www-authenticate'] ?? ''))
    return { says: 'asks for a password (401, Basic)' }
  if (answer.status === 401)
    return {
      result: 'warning',
      says: 'refuses without asking for Basic',
      fix: 'A client that waits for the question never sends its password.',
    }
  if (answer.status === 200)
    return {
      result: 'warning',
      says: 'answers anybody, without a password',
      fix: 'Whoever reaches this port can ask which devices exist.',
    }
  return {
    result: 'warning',
    says: `answers ${answer.status} instead of asking for a password`,
    fix: 'Check host, port and instance prefix.',
  }
}

async function testConnection({ client, state }: StepContext): Promise<Finding> {
  const { value, remarks } = await client.info()
  state.info = value
  const product = [value.vendor, value.productName, value.productVersion].filter((part) => part !== undefined).join(' ')
  const says = `API version ${value.apiVersion} at ${value.apiPath}, ${value.queryMaxSize} a page${product === '' ? '' : `, ${product}`}`
  return withRemarks(says, remarks)
}

/** A MAC address nobody has: locally administered and drawn at random. */
function strangeMac(): string {
  return `02${randomBytes(5).toString('hex').toUpperCase()}`
}

async function unknownDevice({ client }: StepContext): Promise<Finding> {
  const page = await client.devices({ kind: 'one', criterion: 'macaddress', value: strangeMac() })
  if (page.value.devices.length > 0)
    return {
      result: 'failed',
      says: 'The server knows a device with a MAC address drawn at random.',
      fix: 'An unknown device has to be an empty list; as it is, strangers may be let in.',
    }
  return withRemarks('an empty list, as it has to be', page.remarks)
}

async function knownDevice(
  { client, state }: StepContext,
  query: NonNullable<ProbeOptions['query']>,
): Promise<Finding> {
  const page: Timed<{ readonly devices: readonly IseDevice[] }> = await client.devices({ kind: 'one', ...query })
  const { devices } = page.value
  state.devices = devices
  const [first] = devices
  if (first === undefined)
    return {
      result: 'warning',
      says: 'not known: ISE would call it unregistered',
      fix: 'Enroll the device, check the value, or check that the account may see its organization group.',
    }
  if (devices.length > 1)
    return {
      result: 'warning',
      says: `${devices.length} devices answer to it`,
      fix: 'ISE expects one; delete what is left over of an earlier enrollment.',
    }
  return withRemarks(describeDevice(first), page.remarks)
}

function describeDevice(device: IseDevice): string {
  const registered = device.isRegistered === false ? 'not registered' : 'registered'
  const because = device.failureReason === undefined ? '' : `: ${device.failureReason}`
  const verdicts = { true: 'compliant', false: `not compliant${because}`, undefined: 'compliance not stated' } as const
  return `${registered}, ${verdicts[`${device.isCompliant}`]}`
}

async function pagingWalk({ client, options, state }: StepContext): Promise<Finding> {
  const walk = await walkPages(client, { kind: 'all' }, options.mostPages ?? 20)
  if (walk.isComplete) state.total = walk.devices
  const most = state.info?.queryMaxSize ?? Number.POSITIVE_INFINITY
  const counted = `${walk.devices} devices on ${walk.pages} pages${walk.isComplete ? '' : ', and there are more'}`
  if (walk.largestPage > most)
    return {
      result: 'failed',
      says: `${counted}; a page had ${walk.largestPage}, more than query_max_size`,
      fix: 'ISE may drop what is beyond its limit.',
    }
  if (walk.repeated > 0)
    return {
      result: 'warning',
      says: `${counted}; ${walk.repeated} came twice`,
      fix: 'Page by a stable key, so that changes in between move nobody.',
    }
  return withRemarks(counted, walk.remarks)
}

async function compliancePoll({ client, options, state }: StepContext): Promise<Finding> {
  const walk = await walkPages(client, { kind: 'compliance', isCompliant: false }, options.mostPages ?? 20)
  if (walk.isComplete) state.nonCompliant = walk.devices
  const counted = `${walk.devices}${walk.isComplete ? '' : ' or more'} devices not compliant`
  if (walk.compliant > 0)
    return {
      result: 'failed',
      says: `${counted}, but ${walk.compliant} of them are said to be compliant`,
      fix: 'ISE quarantines every device on this list.',
    }
  return withRemarks(counted, walk.remarks)
}

async function latency({ client, options, state }: StepContext): Promise<Finding> {
  const count = options.latencyQueries ?? 40
  if (count === 0) return { result: 'skipped', says: 'Left out.' }
  const value = options.query?.criterion === 'macaddress' ? options.query.value : undefined
  const durations: number[] = []
  for (let asked = 0; asked < count; asked++) {
    const page = await client.devices({ kind: 'one', criterion: 'macaddress', value: value ?? strangeMac() })
    durations.push(page.answer.durationMs)
  }
  const measured = summarizeLatency(durations)
  state.latency = measured
  const figures = `p50 ${measured.p50Ms.toFixed(1)} ms, p99 ${measured.p99Ms.toFixed(1)} ms, slowest ${measured.maxMs.toFixed(1)} ms`
  const says = `${figures}; Cisco expects ${expectedMs} ms`
  if (measured.p99Ms > harmfulMs)
    return {
      result: 'failed',
      says,
      fix: `Above ${harmfulMs} ms people wait to get on the network. Look at the server’s load.`,
    }
  if (measured.late > 0)
    return {
      result: 'warning',
      says: `${says}; ${measured.late} of ${count} were later`,
      fix: 'Look at the server’s load and the path to it.',
    }
  return { says }
}

function withRemarks(says: string, remarks: readonly string[]): Finding {
  return remarks.length === 0 ? { says } : { result: 'warning', says, fix: remarks.join(' ') }
}
