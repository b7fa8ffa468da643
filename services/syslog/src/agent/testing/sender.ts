/**
 * What the tests of the syslog agent share: a service, events, and a console's half of a stream.
 *
 * @module
 */
import { ServiceLife } from '@sallygate/service-kit'
import { testContext, testServiceHost, type TestHostOptions } from '@sallygate/testkit/service-host'
import { Failure } from '@sallygate/base/failure'
import type { DeliverResult, SyslogEvent, SyslogSettingsInput, SyslogTargetInput } from '../../contract.ts'
import { syslogService } from '../index.ts'

export function eventOf(number: number, change: Partial<SyslogEvent> = {}): SyslogEvent {
  return {
    number,
    sequence: number,
    key: `event-${number}`,
    id: 'SG-1002',
    name: 'connectorAttached',
    at: '2026-11-22T12:00:00.000Z',
    severity: 'info',
    category: 'connectors',
    says: 'A connector attached to the relay.',
    about: 'Berlin',
    group: { id: 'a'.repeat(32), name: 'Acme' },
    details: { number },
    ...change,
  }
}

export const eventsOf = (from: number, to: number): SyslogEvent[] =>
  Array.from({ length: to - from + 1 }, (_, at) => eventOf(from + at))

export async function startService(settings: SyslogSettingsInput = {}, host: TestHostOptions = {}) {
  const life = new ServiceLife(syslogService, testServiceHost(host))
  await life.configure({ connectTimeoutMs: 2000, confirmTimeoutMs: 2000, ...settings })
  return life
}

/** A console's half: it knows what is confirmed and what only written, and sends again what is not certain. */
export class Sender {
  readonly #life: ServiceLife
  readonly #target: SyslogTargetInput
  readonly #clientKey: string | undefined
  #connection: string | undefined
  #sent = 0
  confirmed = 0
  repeated = 0
  readonly failures: string[] = []

  constructor(life: ServiceLife, target: SyslogTargetInput, clientKey?: string) {
    this.#life = life
    this.#target = target
    this.#clientKey = clientKey
  }

  call(events: readonly SyslogEvent[], confirm = false): Promise<DeliverResult> {
    const params = {
      target: this.#target,
      stream: 'stream',
      events,
      confirm,
      ...(this.#clientKey === undefined ? {} : { clientKey: this.#clientKey }),
      ...(this.#connection === undefined ? {} : { connection: this.#connection }),
    }
    return this.#life.run('deliver', params, testContext({ deadlineMs: 20_000 })) as Promise<DeliverResult>
  }

  /** Delivers all of them, whatever happens, and returns when they are confirmed. */
  async deliver(events: readonly SyslogEvent[], batch = 50, withinMs = 20_000): Promise<void> {
    const end = Date.now() + withinMs
    const last = events.at(-1)?.number ?? 0
    while (this.confirmed < last) {
      if (Date.now() > end) throw new Error(`not delivered in time: ${this.failures.join(', ')}`)
      const next = events.filter(({ number }) => number > this.#sent).slice(0, batch)
      try {
        this.took(await this.call(next, next.length < batch))
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        this.failures.push(error.code)
        this.#rewind()
        await new Promise((resolve) => setTimeout(resolve, 20))
      }
    }
  }

  took(result: DeliverResult): void {
    if (result.state === 'rewind') return this.#rewind()
    if (result.isBeforeConfirmed) this.confirmed = this.#sent
    this.#sent = Math.max(this.#sent, result.written)
    this.#connection = result.connection
    if (result.isConfirmed) this.confirmed = this.#sent
  }

  #rewind(): void {
    this.repeated += this.#sent - this.confirmed
    this.#sent = this.confirmed
    this.#connection = undefined
  }
}
