/**
 * An outbox over a real store, with a connector that a test answers for. Imported only from tests.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { silentLog } from '@sallygate/base/log'
import type { RecipientOutcome } from '@sallygate/service-mail/contract'
import { createMasterKey, openStore, type MailMessage, type Store } from '@sallygate/store'
import { FakeClock } from '@sallygate/testkit'
import type { CallOptions, CallResult } from '../../calls/caller.ts'
import type { EventFacts } from '../../events/events.ts'
import { Outbox } from '../outbox.ts'
import { makePost, type Post } from '../post.ts'
import { MailTallies } from '../tallies.ts'

export interface Asked {
  readonly group: string
  readonly parameters: {
    readonly messageId: string
    readonly recipients: readonly string[]
    readonly to: readonly string[]
    readonly subject: string
  }
}

/** An outbox over a real store, and a connector that a test answers for. */
export class Rig {
  readonly folder: string
  readonly clock = new FakeClock()
  readonly asked: Asked[] = []
  readonly events: { readonly name: string; readonly facts: EventFacts }[] = []
  readonly tallies = new MailTallies(this.clock)
  answer: (asked: Asked, number: number) => Promise<readonly RecipientOutcome[]> | readonly RecipientOutcome[] = ({
    parameters,
  }) => parameters.recipients.map((address) => ({ address, outcome: 'sent', reply: 250 }))
  isOn = true
  store!: Store
  outbox!: Outbox
  post!: Post
  group = ''

  /** @param within Where its folder is made. */
  constructor(within = tmpdir()) {
    this.folder = mkdtempSync(join(within, 'sallygate-outbox-'))
  }

  async open(): Promise<this> {
    const key = join(this.folder, 'master.key')
    this.store = await openStore({
      path: join(this.folder, 'console.db'),
      masterKey: createMasterKey(key),
      clock: this.clock,
      log: silentLog,
    })
    this.group = (await this.store.groups.add({ name: 'Acme' })).id
    await this.start()
    return this
  }

  /** As a console that starts. */
  async start(): Promise<void> {
    const events = () => ({ raise: (name: string, facts: EventFacts = {}) => void this.events.push({ name, facts }) })
    const { store, clock, tallies } = this
    this.outbox = new Outbox({ store, clock, log: silentLog, call: (...call) => this.#call(...call), events, tallies })
    const fromOf = async () => (this.isOn ? 'sallygate@example.com' : undefined)
    this.post = makePost({ store, clock, fromOf, events, nudge: () => this.outbox.nudge() })
    await this.outbox.start()
  }

  async close(): Promise<void> {
    await this.outbox.stop()
    await this.store.close()
    rmSync(this.folder, { recursive: true })
  }

  async #call(group: string, _operation: string, parameters: unknown, _options?: CallOptions): Promise<CallResult> {
    const asked = { group, parameters: parameters as Asked['parameters'] }
    this.asked.push(asked)
    const recipients = await this.answer(asked, this.asked.length)
    return {
      result: { server: 'mx.test:25', recipients },
      connector: { id: 'c', name: 'Berlin' },
      durationMs: 1,
      attempts: 1,
      spans: [],
    }
  }

  async queue(key = 'k', to: readonly string[] = ['ada@example.com'], group = this.group): Promise<MailMessage> {
    const variables = { group: 'Acme', by: 'admin', at: 'now' }
    const queued = await this.post.queue(group, { template: 'mail-test', variables, to, key })
    if (queued.kind !== 'queued') throw new Error(queued.kind)
    return queued.message
  }

  message = async (id: string, group = this.group) => (await this.store.mailList.find(group, id)) as MailMessage

  /** Time goes on until a message is in a state. */
  async until(id: string, state: MailMessage['state'], stepMs = 1000, group = this.group): Promise<MailMessage> {
    const end = performance.now() + 20_000
    while (performance.now() < end) {
      const message = await this.message(id, group)
      if (message.state === state) return message
      await this.clock.advance(stepMs)
      // The store is real: what it does takes turns of the event loop, not time of the clock.
      await new Promise((resolve) => setTimeout(resolve, 2))
    }
    throw new Error(`still ${(await this.message(id, group)).state}`)
  }

  names = () => this.events.map(({ name }) => name)
}
