/**
 * @module
 */
import { Secret } from '@sallygate/base/secret'
import { optionalBody } from '../http/optional-body.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupParams } from '../organization-groups/schema.ts'
import type { RelaySettingsFile } from '../relay/relay-settings.ts'
import type { EnrollmentCodeBook } from './enrollment-codes.ts'
import type { InstallerMaker } from './installers.ts'
import { installerOrderSchema, madeCodeSchema, madeInstallerSchema, newCodeSchema } from './schema.ts'

export interface EnrollmentRouteParts {
  readonly groups: OrganizationGroups
  readonly codes: EnrollmentCodeBook
  readonly installers: InstallerMaker
  readonly relay: RelaySettingsFile
}

export function enrollmentRoutes({ groups, codes, installers, relay }: EnrollmentRouteParts): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/enrollment-codes',
      policy: 'enrollment:edit',
      says: 'Makes a one-time enrollment code. It is shown in this answer and never again.',
      params: groupParams,
      body: optionalBody(newCodeSchema),
      result: madeCodeSchema,
      status: 201,
      handler: async ({ params, body, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        const { code, expiresAt } = await codes.make(group, body.name, body.validMinutes, body.direct)
        const relayUrl = relay.current?.externalUrl ?? '<relay URL>'
        return {
          code: code.reveal(),
          expiresAt: expiresAt.toISOString(),
          // The code comes by a file or a prompt: others can read arguments.
          command: `sallygate connector enroll --relay ${relayUrl} --code-file <file with the code>`,
        }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/installer',
      policy: 'enrollment:edit',
      says: 'Makes an installer file under a certificate password. A password the console makes is shown in this answer and never again.',
      params: groupParams,
      body: optionalBody(installerOrderSchema),
      result: madeInstallerSchema,
      status: 201,
      handler: async ({ params, body, actor }) => {
        const group = await visibleGroup(groups, params.group, actor)
        const { certificatePassword: chosen, uses, days } = body
        const certificatePassword = chosen === undefined ? undefined : new Secret(chosen)
        const made = await installers.make({ group, certificatePassword, uses, days, relay: relay.current })
        return {
          fileName: made.fileName,
          installer: made.installer,
          ...(made.certificatePassword === undefined ? {} : { certificatePassword: made.certificatePassword.reveal() }),
          uses,
          expiresAt: made.expiresAt.toISOString(),
        }
      },
    }),
  ]
}
