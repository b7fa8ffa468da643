/**
 * @module
 */
import type { Verdict } from '@sallygate/domain'
import { defineRoute, type Route } from '../http/route.ts'
import type { CheckInDesk } from './check-in-desk.ts'
import { checkedInSchema, checkInSchema } from './schema.ts'

export interface CheckInRouteParts {
  readonly devices: { readonly checkIns: CheckInDesk }
}

export function checkInRoutes(parts: CheckInRouteParts): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/check-in',
      policy: 'public',
      says: 'A device agent says how its device is and what it did, and hears what to do. Signed with the key it made for itself; the device proves itself, so nobody signs in.',
      body: checkInSchema,
      result: checkedInSchema,
      // What comes of it is in the history of the device; a row for every check-in would bury all others.
      changes: false,
      handler: async ({ body }) => {
        const { device, commands, nextMs } = await parts.devices.checkIns.receive(body)
        return {
          device: device.id,
          state: device.state,
          verdict: presentVerdict(device.verdict),
          commands: commands.map(({ id, kind, text }) => ({ id, kind, ...(text === undefined ? {} : { text }) })),
          nextMs,
        }
      },
    }),
  ]
}

export function presentVerdict({ compliant, failing, evaluatedAtMs }: Verdict) {
  return {
    compliant,
    failing: failing.map((rule) => ({ ...rule })),
    evaluatedAt: new Date(evaluatedAtMs).toISOString(),
  }
}
