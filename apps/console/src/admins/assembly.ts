/**
 * Everything about accounts, made in order and connected.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Passwords, Store } from '@sallygate/store'
import { Throttle } from '../http/throttle.ts'
import { authentication } from './authentication.ts'
import { Setup } from './setup.ts'
import { SignIn } from './sign-in.ts'

export interface AdminParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly home: string
  readonly passwords: Passwords
}

/** @throws FILE_*. */
export async function assembleAdmins(parts: AdminParts) {
  const throttle = new Throttle(parts.clock)
  const signIn = new SignIn({ ...parts, throttle })
  const setup = await Setup.open({ ...parts, throttle })
  return { signIn, setup, passwords: parts.passwords, authenticate: authentication({ ...parts, signIn, throttle }) }
}
