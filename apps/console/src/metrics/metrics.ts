/**
 * Metrics: what this console does and how it is, as Prometheus reads it.
 *
 * No label names a group, a connector or a person: what is scraped lies in systems that
 * other people read. Operations, actions and codes are closed lists.
 *
 * @module
 */
import { recipientOutcomes, type RecipientState } from '@sallygate/service-mail/contract'
import type { Store } from '@sallygate/store'
import { Counter, Gauge, Histogram, Registry } from 'prom-client'
import { actionOf } from '../audit/action.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'
import type { Sessions } from '../connectors/sessions.ts'
import type { DirectorySyncs } from '../directory-sync/syncs.ts'
import { severities, type Severity } from '../events/catalogue.ts'
import type { Around } from '../http/around.ts'
import { asFailure } from '../http/problem.ts'
import { addProcessMetrics } from './process-metrics.ts'

export interface MetricsParts {
  readonly store: Pick<Store, 'health' | 'auditLog' | 'requestLog' | 'mailList'>
  readonly book: InstanceBook
  readonly sessions: Sessions
  readonly isRelayAttached: () => boolean
  readonly lostRows: () => number
  readonly rotations: () => number
  readonly directorySyncs: () => DirectorySyncs['totals']
  readonly mail: {
    readonly outbox: { underWay(): number }
    readonly tallies: { total(outcome: RecipientState): number }
  }
  readonly syslog: () => {
    readonly delivered: number
    readonly dropped: number
    readonly repeated: number
    readonly waiting: number
    readonly failing: number
  }
}

const seconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30]
const prefix = 'sallygate_console_'
const mostOutcomes = 200

export class Metrics {
  readonly #registry = new Registry()
  readonly #calls: Counter<'operation' | 'outcome'>
  readonly #callSeconds: Histogram<'operation'>
  readonly #requests: Counter<'action' | 'status'>
  readonly #requestSeconds: Histogram
  readonly #events: Counter<'severity'>
  readonly #outcomes = new Set<string>()
  #started = false

  constructor() {
    const registers = [this.#registry]
    this.#calls = new Counter({
      name: `${prefix}calls_total`,
      help: 'Calls to what is behind the gate, by operation and how they ended: ok or the code of the failure',
      labelNames: ['operation', 'outcome'],
      registers,
    })
    this.#callSeconds = new Histogram({
      name: `${prefix}call_seconds`,
      help: 'How long a call took, retries included',
      labelNames: ['operation'],
      buckets: seconds,
      registers,
    })
    this.#requests = new Counter({
      name: `${prefix}requests_total`,
      help: 'Requests to the API, by what they ask for and status',
      labelNames: ['action', 'status'],
      registers,
    })
    this.#requestSeconds = new Histogram({
      name: `${prefix}request_seconds`,
      help: 'How long a request to the API took',
      buckets: seconds,
      registers,
    })
    this.#events = new Counter({
      name: `${prefix}events_total`,
      help: 'Events raised since the start, by severity',
      labelNames: ['severity'],
      registers,
    })
    // There from the start, so that an alarm can be written before it ever happened.
    for (const severity of severities) this.#events.inc({ severity }, 0)
    addProcessMetrics(this.#registry)
  }

  /** Around every row of the route table. */
  readonly requests: Around = async (asked, run) => {
    const end = this.#requestSeconds.startTimer()
    let status = 500
    try {
      const answer = await run()
      status = answer.status
      return answer
    } catch (error) {
      status = asFailure(error).status
      throw error
    } finally {
      end()
      this.#requests.inc({ action: actionOf(asked.route), status: String(status) })
    }
  }

  readonly called = (operation: string, outcome: string, ms: number): void => {
    // Some codes come from the other end, which could make up as many as it likes.
    if (this.#outcomes.size < mostOutcomes) this.#outcomes.add(outcome)
    this.#calls.inc({ operation, outcome: this.#outcomes.has(outcome) ? outcome : 'other' })
    this.#callSeconds.observe({ operation }, ms / 1000)
  }

  readonly raised = (severity: Severity): void => this.#events.inc({ severity })

  /** Gauges are read when somebody looks. */
  watch(parts: MetricsParts): void {
    if (this.#started) throw new Error('metrics watch one console')
    this.#started = true
    const { store, book, sessions } = parts
    const known = () => book.list().filter(({ isRevoked }) => !isRevoked)
    const count = (fits: (instance: string) => boolean) => known().filter(({ id }) => fits(id)).length
    this.#gauge('relay_attached', '1 while the console is attached to its relay', () => Number(parts.isRelayAttached()))
    this.#gauge('connectors', 'Connectors that are enrolled and not revoked', () => known().length)
    this.#gauge('connectors_attached', 'Connectors at the relay', () => count((id) => sessions.isAttached(id)))
    this.#gauge('connectors_live', 'Connectors that can be asked', () => count((id) => sessions.isLive(id)))
    this.#gauge('clone_alarms', 'Connector identities that two processes use', () => sessions.clones.alarms.length)
    this.#gauge('store_writable', '1 while the store can be written', () => Number(store.health().kind === 'writable'))
    this.#gauge('audit_rows', 'Rows of the audit log', () => store.auditLog.head.position)
    this.#gauge('requests_not_logged', 'Rows of the request log that could not be written', parts.lostRows)
    this.#gauge('rotations_running', 'Groups whose keys are being replaced', parts.rotations)
    const syncs = parts.directorySyncs
    this.#gauge('directory_syncs_running', 'Runs of directory syncs under way', () => syncs().running)
    this.#gauge('directory_syncs_done', 'Runs that came into force since the start', () => syncs().done)
    this.#gauge('directory_syncs_failed', 'Runs that failed since the start', () => syncs().failed)
    this.#gauge('directory_syncs_held', 'Runs that a safeguard held since the start', () => syncs().held)
    this.#mail(parts)
    const { syslog } = parts
    this.#gauge('syslog_delivered', 'Events that collectors have read since the start', () => syslog().delivered)
    this.#gauge('syslog_dropped', 'Events dropped since the start, for want of room', () => syslog().dropped)
    this.#gauge('syslog_repeated', 'Events sent once more since the start', () => syslog().repeated)
    this.#gauge('syslog_waiting', 'Events that wait for their targets', () => syslog().waiting)
    this.#gauge('syslog_targets_failing', 'Syslog targets that take no events', () => syslog().failing)
  }

  #mail({ store, mail }: MetricsParts): void {
    const registers = [this.#registry]
    new Gauge({
      name: `${prefix}mail_messages`,
      help: 'Messages in the mail outbox, by state; dead ones wait for a person',
      labelNames: ['state'],
      registers,
      async collect() {
        const { states } = await store.mailList.counts()
        for (const [state, count] of Object.entries(states)) this.set({ state }, count)
      },
    })
    this.#gauge('mail_sending', 'Messages that are being handed over', () => mail.outbox.underWay())
    new Counter({
      name: `${prefix}mail_recipients_total`,
      help: 'Recipients of attempts since the start, by what became of them',
      labelNames: ['outcome'],
      registers,
      collect() {
        this.reset()
        for (const outcome of recipientOutcomes) this.inc({ outcome }, mail.tallies.total(outcome))
      },
    })
  }

  /** The page, in the text format of Prometheus. */
  page(): Promise<string> {
    return this.#registry.metrics()
  }

  #gauge(name: string, help: string, read: () => number): void {
    new Gauge({
      name: `${prefix}${name}`,
      help,
      registers: [this.#registry],
      collect() {
        this.set(read())
      },
    })
  }
}
