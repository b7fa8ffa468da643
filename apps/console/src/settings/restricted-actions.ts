/**
 * The restricted actions page: what cannot be undone, and what is asked for before it is done.
 *
 * A group and those below it say it for themselves, as far as the groups above let them.
 * It is about administrators at a screen; a program has no PIN, and its role is its consent.
 *
 * @module
 */
import { defineContract, type Contract } from '@sallygate/service-kit'
import { z } from 'zod'
import type { SettingsBook } from './settings-book.ts'

/**
 * `note`: a few words, kept in the audit; and the PIN of whoever has set one. `noteAndPin`: also who has none has to set
 * one first.
 */
export const demands = ['none', 'note', 'noteAndPin'] as const
export type Demand = (typeof demands)[number]

/** With what is asked for unless somebody says otherwise. */
const usual = {
  revokeConnector: 'note',
  regenerateCertificates: 'note',
  revokeKeys: 'note',
  deleteGroup: 'note',
  moveGroup: 'none',
  removeAdministrator: 'note',
  unenrollDevice: 'note',
  deleteDevice: 'note',
  wipeDevice: 'note',
} as const satisfies Readonly<Record<string, Demand>>

export type RestrictedAction = keyof typeof usual

export const restrictedActionsPageName = 'restrictedActions'

const demand = z.enum(demands)

const schema = z.strictObject({
  revokeConnector: demand.default(usual.revokeConnector),
  regenerateCertificates: demand.default(usual.regenerateCertificates),
  revokeKeys: demand.default(usual.revokeKeys),
  deleteGroup: demand.default(usual.deleteGroup),
  moveGroup: demand.default(usual.moveGroup),
  removeAdministrator: demand.default(usual.removeAdministrator),
  unenrollDevice: demand.default(usual.unenrollDevice),
  deleteDevice: demand.default(usual.deleteDevice),
  wipeDevice: demand.default(usual.wipeDevice),
})

export const restrictedActionsPage = defineContract(restrictedActionsPageName, 1, {
  title: 'Restricted actions',
  settings: {
    schema,
    classification: {
      revokeConnector: 'public',
      regenerateCertificates: 'public',
      revokeKeys: 'public',
      deleteGroup: 'public',
      moveGroup: 'public',
      removeAdministrator: 'public',
      unenrollDevice: 'public',
      deleteDevice: 'public',
      wipeDevice: 'public',
    },
    erasesSecrets: [],
  },
  operations: {},
}) as unknown as Contract

/** What is asked for in a group; for what is of no group, as where nobody has said anything. */
export async function demandFor(
  pages: Pick<SettingsBook, 'of'>,
  group: string | undefined,
  action: RestrictedAction,
): Promise<Demand> {
  if (group === undefined) return usual[action]
  return (await valuesOf(pages, group))[action]
}

/** For changing the page itself: the most that it asks for anything, or whoever wanted it away would change it first. */
export async function strictestDemand(pages: Pick<SettingsBook, 'of'>, group: string): Promise<Demand> {
  const asked = Object.values(await valuesOf(pages, group))
  return asked.includes('noteAndPin') ? 'noteAndPin' : 'note'
}

async function valuesOf(pages: Pick<SettingsBook, 'of'>, group: string): Promise<z.infer<typeof schema>> {
  const { values } = await pages.of(group, restrictedActionsPageName)
  return schema.parse(Object.fromEntries(Object.entries(values).map(([field, { value }]) => [field, value])))
}
