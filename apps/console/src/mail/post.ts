/**
 * The post: how anything in the console has a mail sent.
 *
 * What `queue` has answered is on the disk and will be tried until its server has said yes or
 * no for every recipient. The same key is the same message, so whoever is not sure whether he
 * queued it queues it again. A group without mail gets none; an event says so once.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { giveUpAfterMs } from '@sallygate/domain'
import { isMailAddress, maxRecipients } from '@sallygate/service-mail/contract'
import type { MailMessage, Store } from '@sallygate/store'
import type { Events } from '../events/events.ts'
import { outboxFailure } from './failures.ts'
import { renderMail } from './render.ts'
import type { MailTemplateName, MailVariables } from './templates.ts'

export interface Mail<T extends MailTemplateName> {
  readonly template: T
  readonly variables: MailVariables<T>
  readonly to: readonly string[]
  /** What makes it this message and no other: `expiry-warning 17 2026-11-29 7`. At most 200 characters. */
  readonly key: string
}

export type Queued =
  | { readonly kind: 'queued'; readonly message: MailMessage; readonly isNew: boolean }
  /** The mail service is off for the group. */
  | { readonly kind: 'notConfigured' }
  /** Nobody is to get it. */
  | { readonly kind: 'noRecipients' }

export interface Post {
  /**
   * Queues a mail; it is on the disk when this resolves.
   *
   * @throws OUTBOX_RECIPIENT_INVALID, OUTBOX_FULL, STORE_DISK_FULL and its like.
   */
  queue<T extends MailTemplateName>(group: string, mail: Mail<T>): Promise<Queued>
}

export interface PostParts {
  readonly store: Pick<Store, 'mailOutbox' | 'mailList' | 'groups'>
  readonly clock: Clock
  /** The address that mail of the group comes from; `undefined` while the mail service is off. */
  readonly fromOf: (group: string) => Promise<string | undefined>
  readonly events: () => Pick<Events, 'raise'>
  /** Something was queued: look now. */
  readonly nudge: () => void
}

/** Of a group, not sent yet. At two at a time and half a second each, half an hour's work. */
export const mostWaiting = 10_000

export function makePost(parts: PostParts): Post {
  const { store, clock, fromOf, events, nudge } = parts
  const told = new Set<string>()
  return {
    async queue(group, { template, variables, to, key }) {
      const recipients = [...new Set(to)]
      if (recipients.length === 0) return { kind: 'noRecipients' }
      const wrong = recipients.find((address) => !isMailAddress(address))
      // The address itself may be what somebody planted; it is not repeated.
      if (wrong !== undefined || recipients.length > maxRecipients) throw outboxFailure('RECIPIENT_INVALID')
      const from = await fromOf(group)
      if (from === undefined) {
        if (!told.has(group)) {
          told.add(group)
          const about = (await store.groups.find(group))?.name
          events().raise('mailNotConfigured', { group, about, details: { template } })
        }
        return { kind: 'notConfigured' }
      }
      told.delete(group)
      const { states } = await store.mailList.counts(group)
      if (states.waiting + states.unknown + states.sending >= mostWaiting) throw outboxFailure('FULL')
      const { subject, ...body } = renderMail(template, variables)
      const mail = {
        group,
        key: key.slice(0, 200),
        template,
        subject,
        domain: from.slice(from.lastIndexOf('@') + 1),
        to: recipients,
        content: JSON.stringify(body),
        giveUpAt: new Date(clock.now().getTime() + giveUpAfterMs),
      }
      const { message, isNew } = await store.mailOutbox.add(mail)
      if (isNew) nudge()
      return { kind: 'queued', message, isNew }
    },
  }
}
