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
import { OwnEcho } from './own-echo.ts'
import { sourceSecrets, sourceSettings } from './settings.ts'
import type { TargetRule } from './target-rule.ts'
import { walk, type WalkOptions } from './walk.ts'

export interface CheckParts {
  readonly store: Pick<Store, 'mdmSources'>
  readonly clock: Clock
  readonly admits: TargetRule
  readonly ownMark: string
}

const bounds = { timeoutMs: 10_000, mostPages: 3, latencyQueries: 5 } as const

/** @throws SOURCE_PASSWORD_NEEDED. What is wrong with the source is a row. */
export async function checkSource(
  source: MdmSource,
  { store, clock, admits, ownMark }: CheckParts,
): Promise<readonly ProbeRow[]> {
  const settings = sourceSettings.parse(source.settings)
  const sealed = await store.mdmSources.openPassword(source.group, source.id)
  if (sealed === undefined) throw sourceFailure('PASSWORD_NEEDED')
  const secrets = sourceSecrets.parse(JSON.parse(sealed.reveal()))
  const asked = { settings, secrets, clock, admits }
  if (settings.kind === 'workspaceOne') return [await firstPage(asked, ownMark)]
  const { url, user, ca } = settings
  const credentials = { user, password: new Secret(secrets.password) }
  const { rows } = await probe({ url, credentials, clock, admits, ...bounds, ...(ca === undefined ? {} : { ca }) })
  // All else that may be wrong stands in those rows already.
  const first = await firstPage(asked, ownMark)
  return first.code === 'SOURCE_LOOP' ? [...rows, first] : rows
}

async function firstPage(asked: WalkOptions, ownMark: string): Promise<ProbeRow & { readonly code?: string }> {
  const { clock } = asked
  const echo = new OwnEcho(ownMark)
  const startMs = clock.monotonicMs()
  const target = 'first page of devices'
  const pages = walk({ ...asked, onAnswer: (headers) => echo.hear(headers) })
  try {
    const first = await pages.next()
    const says =
      first.done === true
        ? 'answers; it has no device that is enrolled'
        : `answers; ${first.value.length} devices on the first page`
    return { target, result: 'ok', says, fix: '', durationMs: clock.monotonicMs() - startMs }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const { code, says, fix } = error
    return { target, result: 'failed', says, fix, code, durationMs: clock.monotonicMs() - startMs }
  } finally {
    await pages.return(undefined)
  }
}
