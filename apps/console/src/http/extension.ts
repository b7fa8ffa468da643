/**
 * Extension members: what a problem document says besides its row (RFC 9457, 3.2).
 *
 * Kept beside the failure and not in it, so that it is seen by who asked and never
 * travels on inside a log line or another answer.
 *
 * @module
 */
import type { Failure } from '@sallygate/base/failure'

type Members = Readonly<Record<string, unknown>>

const extensions = new WeakMap<Failure, Members>()

export function extend<F extends Failure>(failure: F, members: Members): F {
  extensions.set(failure, members)
  return failure
}

export function extensionOf(failure: Failure): Members {
  return extensions.get(failure) ?? {}
}
