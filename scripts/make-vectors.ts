/**
 * Makes vectors/envelope anew. Run by hand when the protocol changes, never by a
 * test: encapsulation and signatures are random, so every run writes other bytes.
 *
 *   node scripts/make-vectors.ts
 *
 * @module
 */
import { mkdirSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { runVector } from '../packages/envelope/src/testing/vector.ts'
import { root } from './source-files.ts'
import { enrollmentVectors } from './vectors/enrollment-vectors.ts'
import { replyVectors } from './vectors/reply-vectors.ts'
import { requestVectors } from './vectors/request-vectors.ts'

const directory = join(root, 'vectors/envelope')
mkdirSync(directory, { recursive: true })
for (const old of readdirSync(directory)) if (old.endsWith('.json')) rmSync(join(directory, old))

for (const [name, vector] of Object.entries({ ...requestVectors, ...replyVectors, ...enrollmentVectors })) {
  const result = runVector(vector)
  // A vector that the code at hand does not agree with is a mistake in one of the two; look before it is written.
  if (result !== vector.expect) throw new Error(`${name}: ${result} instead of ${vector.expect}`)
  writeFileSync(join(directory, `${name}.json`), `${JSON.stringify(vector, null, 2)}\n`)
}
