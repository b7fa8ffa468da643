/**
 * The inventory and all that stands around it, made in order and connected.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Store } from '@sallygate/store'
import { DirectoryVerifier, type DirectoryVerifierParts } from '../admins/directory-verifier.ts'
import { CheckInDesk } from '../check-in/check-in-desk.ts'
import { CommandBook } from '../commands/command-book.ts'
import { DeviceEnrollmentDesk } from '../device-enrollment/enrollment-desk.ts'
import type { Events } from '../events/events.ts'
import { Throttle } from '../http/throttle.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { PolicyBook } from '../policies/policy-book.ts'
import type { SettingsBook } from '../settings/settings-book.ts'
import { DeviceBook } from './device-book.ts'
import { Inventory } from './inventory.ts'
import { RuleBook } from './rule-book.ts'
import { DeviceSchedule } from './schedule.ts'

export interface DeviceAssemblyParts {
  readonly store: Store
  readonly clock: Clock
  readonly log: Log
  readonly groups: OrganizationGroups
  readonly pages: SettingsBook
  readonly call: DirectoryVerifierParts['call']
  readonly events: () => Pick<Events, 'raise'>
}

export type DeviceParts = ReturnType<typeof assembleDevices>

export function assembleDevices(parts: DeviceAssemblyParts) {
  const { store, clock, log } = parts
  const rules = new RuleBook(parts)
  const ground = { ...parts, rules }
  const book = new DeviceBook(ground)
  const inventory = new Inventory(ground)
  const commands = new CommandBook({ ...ground, book })
  const throttle = new Throttle(clock)
  const directory = new DirectoryVerifier({ store, log, call: parts.call })
  const enrollment = new DeviceEnrollmentDesk({ ...ground, book, throttle, directory })
  const checkIns = new CheckInDesk({ ...ground, book, inventory, commands })
  const policies = new PolicyBook(ground)
  const schedule = new DeviceSchedule({ ...ground, book, commands })
  return {
    rules,
    book,
    inventory,
    commands,
    enrollment,
    checkIns,
    policies,
    schedule,
    async stop() {
      await schedule.stop()
      await inventory.settled()
    },
  }
}
