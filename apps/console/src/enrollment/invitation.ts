/**
 * Invitations: to which group one leads, and using it up.
 *
 * @module
 */
import type { OpenedEnrollment } from '@sallygate/envelope'
import type { Repositories } from '@sallygate/store'
import { parseCertificate } from '@sallygate/trust'
import { consoleFailure } from '../failures.ts'

type Enrollment = OpenedEnrollment['enrollment']

/** The proof has been checked against this very row, so it is there. @throws CONSOLE_CODE_UNKNOWN if not. */
export async function groupOfInvitation(store: Repositories, enrollment: Enrollment): Promise<string> {
  const { codeId, bootstrapCertificate } = enrollment
  const row =
    bootstrapCertificate === undefined
      ? await store.enrollmentCodes.find(codeId ?? '')
      : await store.installers.find(parseCertificate(bootstrapCertificate).keyId)
  if (row === undefined) throw consoleFailure('CODE_UNKNOWN')
  return row.group
}

/** @returns the name the invitation gives; empty leaves it to the connector. @throws CONSOLE_CODE_*, CONSOLE_INSTALLER_SPENT. */
export async function useInvitation(inside: Repositories, enrollment: Enrollment, instance: string): Promise<string> {
  if (enrollment.bootstrapCertificate === undefined) {
    const used = await inside.enrollmentCodes.use(enrollment.codeId ?? '', instance)
    if (used.kind === 'used') return used.name
    const keys = { unknown: 'CODE_UNKNOWN', expired: 'CODE_EXPIRED', usedBefore: 'CODE_USED' } as const
    throw consoleFailure(keys[used.reason])
  }
  const used = await inside.installers.use(parseCertificate(enrollment.bootstrapCertificate).keyId)
  if (used.kind === 'used') return ''
  throw consoleFailure('INSTALLER_SPENT', { details: { because: used.reason } })
}
