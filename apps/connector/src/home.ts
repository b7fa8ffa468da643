/**
 * The connector's folder: which file is where.
 *
 * Only names. Who writes a file owns its meaning; no other part of Sallygate reads
 * them, except that the supervisor looks at the status.
 *
 * @module
 */
import { join } from 'node:path'

export interface Home {
  readonly root: string
  /** The identity in use: key, certificates, what enrollment recorded. Replaced as one. */
  readonly identity: string
  /** The trust set that is held and the floors, in one file: they change together. */
  readonly trust: string
  readonly policy: string
  readonly journal: string
  readonly status: string
  /** How the relay was reached last. */
  readonly way: string
  /** Where the console's audit log stood; for whoever checks it one day. */
  readonly auditHeads: string
  serviceSettings(service: string): string
}

export function homeAt(root: string): Home {
  const at = (name: string) => join(root, name)
  return {
    root,
    identity: at('identity'),
    trust: at('trust.json'),
    policy: at('policy.toml'),
    journal: at('journal.bin'),
    status: at('status.json'),
    way: at('way'),
    auditHeads: at('audit-heads.json'),
    serviceSettings: (service) => at(`settings-${service}.sealed`),
  }
}
