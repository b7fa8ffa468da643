/**
 * How the console is: the relay, the connectors, and what needs attention.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Store } from '@sallygate/store'
import type { Installation } from '../certificates/installation.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'
import type { EnrollmentDesk } from '../enrollment/enrollment-desk.ts'
import type { Sessions } from '../connectors/sessions.ts'
import type { Admissions } from '../relay/admissions.ts'
import type { RelayLink } from '../relay/relay-link.ts'
import type { RelaySettingsFile } from '../relay/relay-settings.ts'
import type { RequestJournal } from '../requests/request-journal.ts'
import { version } from '../version.ts'
import type { ConsoleStatus } from './routes.ts'
import type { FailingTarget } from '../syslog/senders.ts'
import type { CertificateEnd } from './certificate-ends.ts'
import { warningsOf } from './warnings.ts'

export interface StatusParts {
  readonly store: Store
  readonly clock: Clock
  readonly installation: Installation
  readonly book: InstanceBook
  readonly nacCertificateEnds?: () => readonly CertificateEnd[]
  readonly failingTargets?: () => readonly FailingTarget[]
  readonly sessions: Sessions
  readonly enrollment: Pick<EnrollmentDesk, 'codesUsedAgain'>
  readonly settings: RelaySettingsFile
  readonly link: RelayLink
  readonly admissions: Admissions
  readonly journal: RequestJournal
  readonly sampleOfficeUrl?: string | undefined
}

/** @param groups All that the caller sees, where that is not everything. What concerns the installation or others is then left out. */
export async function consoleStatus(parts: StatusParts, groups?: ReadonlySet<string>): Promise<ConsoleStatus> {
  const { store, installation, book, sessions, settings, link, admissions, journal } = parts
  const { state, url, way, failure } = link.status()
  const known = book.list().filter(({ isRevoked, group }) => !isRevoked && groups?.has(group) !== false)
  const relay = { settings: settings.current, state, refusal: admissions.refusal?.toJSON() }
  return {
    version,
    console: installation.console,
    relay: {
      state,
      ...(url === undefined ? {} : { url }),
      ...(way === undefined ? {} : { way }),
      ...(failure === undefined ? {} : { failure: { ...failure, details: { ...failure.details } } }),
    },
    groups: groups?.size ?? (await store.groups.list()).length,
    hasSampleOffice: parts.sampleOfficeUrl !== undefined,
    connectors: { attached: known.filter(({ id }) => sessions.isAttached(id)).length, total: known.length },
    warnings: (await warningsOf({ ...parts, relay, lostRows: journal.lost })).filter(
      ({ group }) => groups === undefined || (group !== undefined && groups.has(group)),
    ),
  }
}
