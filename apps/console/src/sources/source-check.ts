/**
 * Checks a source with the password that is stored for it: step by step, with what to do.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import { Secret } from '@sallygate/base/secret'
import { probe, type ProbeRow } from '@sallygate/protocol-ise-mdm'
import type { MdmSource, Store } from '@sallygate/store'
import { sourceFailure } from './failures.ts'
import { sourceSecrets, sourceSettings } from './settings.ts'
import type { TargetRule } from './target-rule.ts'
import { walk } from './walk.ts'

export interface CheckParts {
  readonly store: Pick<Store, 'mdmSources'>
  readonly clock: Clock
  readonly admits: TargetRule
}

const bounds = { timeoutMs: 10_000, mostPages: 3, latencyQueries: 5 } as const

/** @throws SOURCE_PASSWORD_NEEDED. What is wrong with the source is a row. */
export async function checkSource(
  source: MdmSource,
  { store, clock, admits }: CheckParts,
): Promise<readonly ProbeRow[]> {
  const settings = sourceSettings.parse(source.settings)
  const sealed = await store.mdmSources.openPassword(source.group, source.id)
  if (sealed === undefined) throw sourceFailure('PASSWORD_NEEDED')
  const secrets = sourceSecrets.parse(JSON.parse(sealed.reveal()))
  if (settings.kind === 'ise') {
    const { url, user, ca } = settings
    const credentials = { user, password: new Secret(secrets.password) }
    const { rows } = await probe({ url, credentials, clock, admits, ...bounds, ...(ca === undefined ? {} : { ca }) })
    return rows
  }
  const startMs = clock.monotonicMs()
  const row = { target: 'first page of devices', durationMs: 0 }
  try {
    const first = await walk({ settings, secrets, clock, admits }).next()
    const says =
      first.done === true
        ? 'answers; it has no device that is enrolled'
        : `answers; ${first.value.length} devices on the first page`
    return [{ ...row, result: 'ok', says, fix: '', durationMs: clock.monotonicMs() - startMs }]
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return [{ ...row, result: 'failed', says: error.says, fix: error.fix, durationMs: clock.monotonicMs() - startMs }]
  }
}
