/**
 * The notifications page: who is written to, and about what.
 *
 * A page of its own, so that a group can have readers of its own and go on using the mail
 * server of the group above. Nobody is in it from the start.
 *
 * @module
 */
import { defineContract, type Contract } from '@sallygate/service-kit'
import { mailAddress } from '@sallygate/service-mail/contract'
import { z } from 'zod'
import type { SettingsBook } from '../settings/settings-book.ts'

export const notificationsPageName = 'notifications'

const addresses = z.array(mailAddress).max(20).default([])

const schema = z.strictObject({
  /** Accounts of administrators, programs and nac that end soon. */
  accounts: addresses,
  /** Certificates that end soon. */
  certificates: addresses,
  /** Synchronizations that were held or keep failing. */
  directory: addresses,
})

export type NotificationCategory = keyof z.infer<typeof schema>

export const notificationsPage = defineContract(notificationsPageName, 1, {
  title: 'Notifications',
  settings: {
    schema,
    classification: { accounts: 'personal', certificates: 'personal', directory: 'personal' },
    erasesSecrets: [],
  },
  operations: {},
}) as unknown as Contract

/** Whom a group wants written to about a category. */
export async function recipientsOf(
  pages: Pick<SettingsBook, 'of'>,
  group: string,
  category: NotificationCategory,
): Promise<readonly string[]> {
  const { values } = await pages.of(group, notificationsPageName)
  const read = addresses.safeParse(values[category]?.value)
  return read.success ? read.data : []
}
