/**
 * Everything about accounts, made in order and connected.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Passwords, Store } from '@sallygate/store'
import { Throttle } from '../http/throttle.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { Accounts } from './accounts.ts'
import { ApiKeyBook } from './api-keys.ts'
import { authentication } from './authentication.ts'
import { Consent, type ConsentParts } from './consent.ts'
import { Delegation } from './delegation.ts'
import { DirectoryVerifier, type DirectoryVerifierParts } from './directory-verifier.ts'
import { RoleBook } from './roles.ts'
import { SecondFactor } from './second-factor.ts'
import { SelfService } from './self-service.ts'
import { Setup } from './setup.ts'
import { SignIn, type SignInParts } from './sign-in.ts'

export interface AdminParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly home: string
  readonly passwords: Passwords
  readonly groups: OrganizationGroups
  readonly call: DirectoryVerifierParts['call']
  readonly onEnded: SignInParts['onEnded']
  readonly demandFor: ConsentParts['demandFor']
}

/** @throws FILE_*. */
export async function assembleAdmins(parts: AdminParts) {
  const { store, clock } = parts
  const throttle = new Throttle(clock)
  const secondFactor = new SecondFactor(store, clock)
  const directory = new DirectoryVerifier(parts)
  const signIn = new SignIn({ ...parts, throttle, secondFactor, directory })
  const delegation = new Delegation(parts)
  const roles = new RoleBook(store, delegation)
  return {
    signIn,
    roles,
    setup: await Setup.open({ ...parts, throttle }),
    accounts: new Accounts({ ...parts, delegation, roles }),
    apiKeys: new ApiKeyBook(store, delegation, roles),
    consent: new Consent({ ...parts, throttle }),
    selfService: new SelfService({ ...parts, throttle, signIn, secondFactor, directory }),
    authenticate: authentication({ store, signIn, throttle }),
  }
}
