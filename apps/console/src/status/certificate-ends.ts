/**
 * When the certificates that are in use end: for warnings, and for events.
 *
 * @module
 */
import type { Store } from '@sallygate/store'
import type { Installation } from '../certificates/installation.ts'
import type { InstanceBook } from '../connectors/instance-book.ts'

export interface CertificateEnd {
  readonly what: string
  /** Of which group or connector; empty for the console's own. */
  readonly about: string
  readonly group: string | undefined
  readonly notAfter: Date
}

export async function certificateEnds(parts: {
  readonly store: Store
  readonly installation: Installation
  readonly book: InstanceBook
  /** Of nacs that are heard of. */
  readonly nacCertificateEnds?: () => readonly CertificateEnd[]
}): Promise<readonly CertificateEnd[]> {
  const { store, installation, book } = parts
  const groups = new Map((await store.groups.list()).map(({ id, name }) => [id, name]))
  const rows = await store.certificates.list({ status: 'active' })
  const newestSigning = new Map(
    rows
      .filter(({ kind }) => kind === 'consoleSigning')
      .toReversed()
      .map((row) => [row.group, row.id]),
  )
  const own = rows
    .filter(
      ({ kind, id, group }) =>
        kind === 'groupAuthority' || (kind === 'consoleSigning' && newestSigning.get(group) === id),
    )
    .map(({ kind, group, notAfter }) => ({
      what: kind === 'groupAuthority' ? 'authority' : 'signing certificate',
      about: groups.get(group ?? '') ?? '',
      group,
      notAfter,
    }))
  const connectors = book.list().filter(({ isRevoked }) => !isRevoked)
  const { root, identity } = installation
  return [
    { what: 'product root', about: '', group: undefined, notAfter: root.notAfter },
    { what: 'console identity certificate', about: '', group: undefined, notAfter: identity.certificate.notAfter },
    ...own,
    ...(parts.nacCertificateEnds?.() ?? []),
    ...connectors.map(({ name, group, certificate }) => ({
      what: 'connector certificate',
      about: name,
      group,
      notAfter: certificate.notAfter,
    })),
  ]
}
