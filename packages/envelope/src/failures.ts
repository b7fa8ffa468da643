/**
 * What can be wrong with a message.
 *
 * Up to and including the signature there is one row, without details: whoever
 * could tell a bad tag from a bad key could ask us questions about the key. The
 * other rows are for messages whose signer is known.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const envelopeFailure = defineFailures('ENVELOPE', {
  CANNOT_OPEN: {
    says: 'A message could not be opened.',
    fix: 'Nothing has to be done about a single one. If they go on, look for whatever alters messages on the way, or for a clone of this instance.',
    retry: 'never',
    status: 502,
  },
  KEY_INVALID: {
    says: 'An encryption key is not an X-Wing public key.',
    fix: 'Restart the connector the key came from; it announces a new one. If that does not help, update it.',
    retry: 'never',
    status: 502,
  },
  TOO_LARGE: {
    says: 'A message is larger than an envelope holds.',
    fix: 'Ask for less at a time; the details name the limit.',
    retry: 'never',
    status: 413,
  },
  WRONG_RECIPIENT: {
    says: 'A message was delivered to somebody it was not addressed to.',
    fix: 'The relay misroutes or somebody forwards messages. Check the relay; the details name what did not match.',
    retry: 'never',
    status: 502,
  },
  STALE_SESSION: {
    says: 'A message was made for an earlier run of this process.',
    fix: 'Nothing has to be done; the sender learns the new session and asks again.',
    retry: 'later',
    status: 503,
  },
  DUPLICATE: {
    says: 'A message arrived a second time and was not carried out again.',
    fix: 'Nothing has to be done about a few. Many mean that the relay repeats messages.',
    retry: 'never',
    status: 409,
  },
  FULL: {
    says: 'More requests are remembered than there is room for.',
    fix: 'Send fewer requests to this instance, or add one to the group.',
    retry: 'elsewhere',
    status: 503,
  },
  EXPIRED: {
    says: 'A message arrived after its deadline.',
    fix: 'Ask again. If it repeats, the path is slow or holds messages back; the details say by how much.',
    retry: 'later',
    status: 504,
  },
  FROM_THE_FUTURE: {
    says: 'A message says that it was made later than now.',
    fix: 'Set the clocks of both machines; the details say how far they are apart.',
    retry: 'later',
    status: 503,
  },
  LIVES_TOO_LONG: {
    says: 'The deadline of a message is further away than a message may live.',
    fix: 'Give a nearer deadline, and split the work into a job with pages.',
    retry: 'never',
    status: 400,
  },
  CLOCK: {
    says: 'The clock of this machine is too far from the console, or the time of the console is not known yet.',
    fix: 'Set the clock of the connector host, best by NTP. The details say how far it is off.',
    retry: 'elsewhere',
    status: 503,
  },
  DOWNGRADE: {
    says: 'A message uses an older protocol or weaker suite than this group has used before.',
    fix: 'Somebody restored an old version or tries to weaken protection. Update the other end; nothing lowers the floor.',
    retry: 'never',
    status: 502,
  },
  TRUST_SET_STALE: {
    says: 'This connector has no trust set that is still valid.',
    fix: 'Let the connector reach the console through the relay; a new trust set comes with the next session.',
    retry: 'later',
    status: 503,
  },
  TRUST_SET_BEHIND: {
    says: 'A message refers to a newer trust set than this connector has.',
    fix: 'Nothing has to be done if it passes within a minute. Otherwise something withholds trust sets from the connector.',
    retry: 'later',
    status: 503,
  },
  TABLE_VERSION: {
    says: 'Console and connector know different operation tables.',
    fix: 'Update the older of the two.',
    retry: 'elsewhere',
    status: 501,
  },
  UNKNOWN_OPERATION: {
    says: 'The operation is not in the table.',
    fix: 'Update this end, or correct the name; operations are a closed list.',
    retry: 'never',
    status: 501,
  },
  CLASS_MISMATCH: {
    says: 'A message claims another class for its operation than the table states.',
    fix: 'Report it: the class belongs to the table, and the sender does not choose it.',
    retry: 'never',
    status: 400,
  },
  INCOMPLETE: {
    says: 'A message lacks a field that its class needs.',
    fix: 'Report it: the details name the field.',
    retry: 'never',
    status: 400,
  },
  GENERATION: {
    says: 'A newer state was applied already.',
    fix: 'Nothing has to be done; the older one must not undo it.',
    retry: 'never',
    status: 409,
  },
  PARAMETER_DIGEST: {
    says: 'The parameters of a message are not those its digest was made of.',
    fix: 'Report it: the sender signed a message that contradicts itself.',
    retry: 'never',
    status: 400,
  },
  REPLY_MISMATCH: {
    says: 'A reply was signed for another request or by another instance.',
    fix: 'Check the connector that sent it; a correct one never does.',
    retry: 'elsewhere',
    status: 502,
  },
  REPLY_CONFLICT: {
    says: 'The parts of a reply contradict each other.',
    fix: 'Check the connector that sent it; a correct one never does. The details name the contradiction.',
    retry: 'elsewhere',
    status: 502,
  },
  REPLY_TOO_LARGE: {
    says: 'A reply is larger than the caller allowed.',
    fix: 'Ask for less at a time; the details name the limit.',
    retry: 'never',
    status: 502,
  },
})

export type EnvelopeCode = ReturnType<typeof envelopeFailure>['code']

/** The one failure for every way of failing to open. */
export function cannotOpen() {
  return envelopeFailure('CANNOT_OPEN')
}

/**
 * Runs what needs a key, and lets out nothing but the one failure.
 *
 * The cause is dropped on purpose, and the failure is made in one place, so that
 * not even its stack tells where opening ended.
 */
export function orCannotOpen<T>(open: () => T): T {
  let opened: { readonly value: T } | undefined
  try {
    opened = { value: open() }
  } catch {
    opened = undefined
  }
  if (opened === undefined) throw cannotOpen()
  return opened.value
}
