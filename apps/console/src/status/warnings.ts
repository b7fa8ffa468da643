/**
 * Warnings: what an administrator should look at, each with what to do.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { FailureReport } from '@sallygate/base/failure'
import type { Store } from '@sallygate/store'
import { expiryWarnings } from '../admins/expiry-warnings.ts'
import { mailWarnings } from '../mail/mail-warnings.ts'
import type { Installation } from '../certificates/installation.ts'
import { expiryStep } from '../certificates/renewal.ts'
import { renewTrustSetAfterMs } from '../certificates/trust-sets.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'
import type { EnrollmentDesk } from '../enrollment/enrollment-desk.ts'
import type { Sessions } from '../connectors/sessions.ts'
import type { RelayLinkState } from '../relay/relay-link.ts'
import type { RelaySettings } from '../relay/relay-settings.ts'
import type { FailingTarget } from '../syslog/senders.ts'
import { certificateEnds, type CertificateEnd } from './certificate-ends.ts'
import type { Warning } from './schema.ts'
import { serviceWarnings } from './service-warnings.ts'

export interface WarningParts {
  readonly store: Store
  readonly clock: Clock
  readonly installation: Installation
  readonly book: InstanceBook
  readonly nacCertificateEnds?: () => readonly CertificateEnd[]
  readonly failingTargets?: () => readonly FailingTarget[]
  readonly sessions: Sessions
  readonly enrollment: Pick<EnrollmentDesk, 'codesUsedAgain'>
  readonly relay: {
    readonly settings: RelaySettings | undefined
    readonly state: RelayLinkState
    readonly refusal: FailureReport | undefined
  }
  readonly lostRows: number
}

export async function warningsOf(parts: WarningParts): Promise<Warning[]> {
  return [
    ...relayWarnings(parts),
    ...cloneWarnings(parts),
    ...hiddenWarnings(parts),
    ...leftBehindWarnings(parts),
    ...codeWarnings(parts),
    ...(await certificateWarnings(parts)),
    ...(await trustSetWarnings(parts)),
    ...(await expiryWarnings(parts.store, parts.clock)),
    ...(await mailWarnings(parts.store, parts.clock)),
    ...(await serviceWarnings(parts)),
    ...storeWarnings(parts),
  ]
}

function relayWarnings({ relay }: WarningParts): Warning[] {
  const { settings, state, refusal } = relay
  const warnings: Warning[] = []
  if (settings === undefined) {
    warnings.push({
      code: 'RELAY_NOT_SET',
      level: 'yellow',
      says: 'No relay is set up, so no connector can be reached.',
      fix: 'Run: sallygate relay set',
    })
  } else if (settings.enabled && state !== 'attached' && state !== 'connecting') {
    warnings.push({
      code: 'RELAY_AWAY',
      level: 'red',
      says: 'The console has no connection to the relay.',
      fix: 'The relay status names the hop that fails; run: sallygate relay check',
    })
  }
  for (const url of new Set([settings?.externalUrl, settings?.internalUrl])) {
    if (url === undefined || !/^(?:http|ws):/i.test(url)) continue
    warnings.push({
      code: 'RELAY_PLAIN_HTTP',
      level: 'red',
      says: 'The relay is reached over plain HTTP: whoever is on the way sees who talks to whom and can cut it.',
      fix: 'Use an https:// address, unless this is the inner side of a TLS offloader.',
      about: url,
    })
  }
  if (refusal !== undefined) {
    warnings.push({ code: refusal.code, level: 'red', says: refusal.says, fix: refusal.fix })
  }
  return warnings
}

function cloneWarnings({ sessions, book }: WarningParts): Warning[] {
  return sessions.clones.alarms.map(({ instance, isCertain }) => ({
    code: 'CLONED_CONNECTOR',
    level: 'red',
    says: isCertain
      ? 'Two processes use the identity of one connector: its disk was copied, or an old snapshot was started.'
      : 'Two processes may be using the identity of one connector.',
    fix: 'Stop one of the two. If you do not know both, revoke the connector and enroll it again.',
    ...ofConnector(book, instance),
  }))
}

function hiddenWarnings({ sessions, book }: WarningParts): Warning[] {
  return sessions.hidden.map((instance) => ({
    code: 'RELAY_HIDES_CONNECTOR',
    level: 'red',
    says: 'The relay calls this connector absent, but it reports through that very relay.',
    fix: 'The relay is broken or not honest. Restart it; if it happens again, set up another one.',
    ...ofConnector(book, instance),
  }))
}

function ofConnector(book: InstanceBook, instance: string): Pick<Warning, 'about' | 'group'> {
  const entry = book.find(instance)
  return entry === undefined ? { about: instance } : { about: entry.name, group: entry.group }
}

function leftBehindWarnings({ book }: WarningParts): Warning[] {
  return book
    .list()
    .filter(({ isLeftBehind }) => isLeftBehind)
    .map(({ name, group }) => ({
      code: 'CONNECTOR_LEFT_BEHIND',
      level: 'yellow',
      says: 'This connector was away while the keys of its group were replaced, and its certificate has ended.',
      fix: 'Make a code with: sallygate connector code. On its host: sallygate connector enroll --replace. Then revoke this entry.',
      about: name,
      group,
    }))
}

function codeWarnings({ enrollment }: WarningParts): Warning[] {
  return enrollment.codesUsedAgain.map(({ name, at, group }) => ({
    code: 'ENROLLMENT_CODE_USED_AGAIN',
    level: 'red',
    says: `An enrollment code that had been used was shown a second time (${at.toISOString()}); nobody was enrolled by it.`,
    fix: 'If nobody tried twice, the code was seen by somebody else: check who is enrolled, and revoke what you do not know.',
    ...(name === '' ? {} : { about: name }),
    ...(group === undefined ? {} : { group }),
  }))
}

async function certificateWarnings(parts: WarningParts): Promise<Warning[]> {
  const now = parts.clock.now()
  const all = await certificateEnds(parts)
  return all.flatMap(({ what, about, group, notAfter }) => {
    const step = expiryStep(notAfter, now)
    if (step === undefined) return []
    const when = step === 0 ? 'has expired' : `expires within ${step} ${step === 1 ? 'day' : 'days'}`
    return [
      {
        code: step === 0 ? 'CERTIFICATE_EXPIRED' : 'CERTIFICATE_EXPIRES',
        level: step <= 7 ? ('red' as const) : ('yellow' as const),
        says: `The ${what} ${when} (${notAfter.toISOString().slice(0, 10)}).`,
        fix:
          what === 'connector certificate'
            ? 'Let the connector reach the console; it renews by itself. Otherwise enroll it again.'
            : 'It renews by itself while the console runs; if it does not, look in the log.',
        ...(about === '' ? {} : { about }),
        ...(group === undefined ? {} : { group }),
      },
    ]
  })
}

/** Twice the time after which a new one is due: then something keeps it from being made. */
async function trustSetWarnings({ store, clock }: WarningParts): Promise<Warning[]> {
  const warnings: Warning[] = []
  for (const { id, name } of await store.groups.list()) {
    const latest = await store.trustSets.latest(id)
    if (latest === undefined || clock.now().getTime() - latest.issuedAt.getTime() <= 2 * renewTrustSetAfterMs) continue
    warnings.push({
      code: 'TRUST_SET_STALE',
      level: 'red',
      says: 'The trust set of a group was not renewed; after a day its connectors refuse all requests.',
      fix: 'Look in the console log for why it cannot be made.',
      about: name,
      group: id,
    })
  }
  return warnings
}

function storeWarnings({ store, lostRows }: WarningParts): Warning[] {
  const health = store.health()
  const warnings: Warning[] = []
  if (health.kind !== 'writable')
    warnings.push({ code: health.failure.code, level: 'red', says: health.failure.says, fix: health.failure.fix })
  if (lostRows > 0) {
    warnings.push({
      code: 'REQUESTS_NOT_LOGGED',
      level: 'red',
      says: `${lostRows} requests could not be written to the request log.`,
      fix: 'Make room on the disk of the console, or repair it.',
    })
  }
  return warnings
}
