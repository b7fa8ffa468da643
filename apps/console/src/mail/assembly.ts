/**
 * Mail: the post that queues, the outbox that sends, and the mails the console writes by itself.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Store } from '@sallygate/store'
import type { Caller } from '../calls/caller.ts'
import type { Events } from '../events/events.ts'
import type { ServiceBook } from '../services/service-book.ts'
import type { SettingsBook } from '../settings/settings-book.ts'
import type { CertificateEnd } from '../status/certificate-ends.ts'
import { ExpiryMails } from './expiry-mails.ts'
import { Outbox } from './outbox.ts'
import { makePost } from './post.ts'
import { MailTallies } from './tallies.ts'

export interface MailAssemblyParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly call: Caller['call']
  readonly services: Pick<ServiceBook, 'state'>
  readonly pages: Pick<SettingsBook, 'of'>
  readonly events: () => Pick<Events, 'raise'>
  readonly certificateEnds: () => Promise<readonly CertificateEnd[]>
}

export type MailParts = ReturnType<typeof assembleMail>

export function assembleMail(parts: MailAssemblyParts) {
  const { store, clock, log, call, services, pages, events, certificateEnds } = parts
  const tallies = new MailTallies(clock)
  const outbox = new Outbox({ store, clock, log, call, events, tallies })
  const fromOf = async (group: string) => {
    const from = (await services.state(group, 'mail')).settings?.['from']
    return typeof from === 'string' ? from : undefined
  }
  const post = makePost({ store, clock, fromOf, events, nudge: () => outbox.nudge() })
  const expiry = new ExpiryMails({ store, clock, log, pages, post, certificateEnds })
  return {
    post,
    outbox,
    tallies,
    expiry,
    /** @throws STORE_*. */
    async start() {
      await outbox.start()
      expiry.start()
    },
    async stop() {
      await expiry.stop()
      await outbox.stop()
    },
  }
}
