/**
 * The devices page: how long a word counts, whom to believe, and what may be asked of devices.
 *
 * @module
 */
import { readMac } from '@sallygate/domain'
import { defineContract, type Contract } from '@sallygate/service-kit'
import { z } from 'zod'

export const devicesPageName = 'devices'

const schema = z.strictObject({
  /** A device that is silent for longer is not compliant, and what it said is unknown. 0: never. */
  staleAfterHours: z.number().int().min(0).max(8760).default(168),
  /** After its enrollment, what nobody can tell fails no rule for so long. */
  graceHours: z.number().int().min(0).max(720).default(24),
  /** A preferred source gives way to another one when its word is older. */
  freshForHours: z.number().int().min(1).max(8760).default(72),
  /** Whom to believe first: `hub`, `fusionInventory`, `federated`, or `federated:` and the id of one source. */
  sourceOrder: z.array(z.string().min(1).max(100)).max(20).default(['hub', 'fusionInventory', 'federated']),
  /** Addresses of docks and adapters: they name no device. */
  ignoredMacs: z
    .array(z.string().refine((text) => readMac(text) !== undefined, 'the MAC address of one station'))
    .max(2000)
    .default([]),
  /** For so long a device is found by an address that it does not have any more: an adapter that is not plugged in. */
  macMemoryDays: z.number().int().min(0).max(365).default(30),
  checkInMinutes: z.number().int().min(1).max(1440).default(15),
  allowFullWipe: z.boolean().default(false),
})

export type DevicesSettings = z.output<typeof schema>

const fields = Object.keys(schema.shape) as (keyof DevicesSettings)[]

export const devicesPage = defineContract(devicesPageName, 1, {
  title: 'Devices',
  settings: {
    schema,
    classification: Object.fromEntries(fields.map((field) => [field, 'public'])) as Record<
      keyof DevicesSettings,
      'public'
    >,
    erasesSecrets: [],
  },
  operations: {},
}) as unknown as Contract

/** What holds, by the page as it was resolved. */
export function devicesSettingsOf(values: Readonly<Record<string, { readonly value: unknown }>>): DevicesSettings {
  return schema.parse(Object.fromEntries(fields.map((field) => [field, values[field]?.value])))
}
