/**
 * What can go wrong with the mail outbox. What can go wrong on the way to a mail server is the mail service's table.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const outboxFailure = defineFailures('OUTBOX', {
  NOT_CONFIGURED: {
    says: 'Mail is not set up for this group, so nothing was queued.',
    fix: 'Turn the mail service on: sallygate service set mail, or Enterprise Services > Mail.',
    retry: 'never',
    status: 409,
  },
  RECIPIENT_INVALID: {
    says: 'A recipient is not a mail address. Nothing was queued.',
    fix: 'Give addresses such as ada@example.com, at most 50 of them, without names, brackets or line ends.',
    retry: 'never',
    status: 400,
  },
  NOTHING_TO_RETRY: {
    says: 'Nothing of this message can be sent again: everybody has it, or it is being sent right now.',
    fix: 'sallygate mail show says how each recipient stands.',
    retry: 'never',
    status: 409,
  },
  NOTHING_TO_CANCEL: {
    says: 'Nothing of this message waits any more.',
    fix: 'sallygate mail show says how each recipient stands. What is being sent cannot be called back.',
    retry: 'never',
    status: 409,
  },
  FULL: {
    says: 'The outbox of this group is full, so the message was not queued.',
    fix: 'Look at sallygate mail status: repair the way to the mail server, or cancel what need not be sent.',
    retry: 'later',
    status: 507,
  },
  DEFERRED: {
    says: 'The mail server asked to be tried again later.',
    fix: 'Usually nothing: a server that does not know a sender yet says so at first (greylisting), and one that is busy. If it stays so, what it said is the reason.',
    retry: 'later',
    status: 503,
  },
  END_UNKNOWN: {
    says: 'It was handed over whole and no answer came, so nobody knows whether the mail server has it. It is sent once more, later, under the same Message-ID.',
    fix: 'Nothing. If it happens often, look at what sits between the connector and the mail server.',
    retry: 'later',
    status: 503,
  },
})
