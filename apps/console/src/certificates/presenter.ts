/**
 * @module
 */
import type { Certificate } from '@sallygate/store'
import { thumbprints } from '@sallygate/trust'
import type { z } from 'zod'
import type { listedCertificateSchema } from './schema.ts'

type Listed = z.infer<typeof listedCertificateSchema>

export function presentCertificates(rows: readonly Certificate[], names: ReadonlyMap<string, string>): Listed[] {
  return rows.map((row) => {
    const name = names.get(row.keyId)
    return {
      kind: row.kind as Listed['kind'],
      ...(name === undefined ? {} : { name }),
      thumbprints: thumbprints(row),
      serial: row.serial,
      status: row.status,
      notBefore: row.notBefore.toISOString(),
      notAfter: row.notAfter.toISOString(),
    }
  })
}
