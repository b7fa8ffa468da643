/**
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { DeviceEnrollmentCode, Store } from '@sallygate/store'
import { mailAddress } from '@sallygate/service-mail/contract'
import { z } from 'zod'
import { presentVerdict } from '../check-in/routes.ts'
import { signatureText, statementText, verdictSchema } from '../check-in/schema.ts'
import { deviceFailure } from '../devices/failures.ts'
import { optionalBody } from '../http/optional-body.ts'
import { defineRoute, type Route } from '../http/route.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import type { Post } from '../mail/post.ts'
import { groupParams, groupReference } from '../organization-groups/schema.ts'
import { makeCode } from './code-text.ts'
import type { DeviceEnrollmentDesk } from './enrollment-desk.ts'
import { enrollmentPage } from './enrollment-page.ts'

export interface DeviceEnrollmentRouteParts {
  readonly store: Store
  readonly clock: Clock
  readonly groups: OrganizationGroups
  readonly devices: { readonly enrollment: DeviceEnrollmentDesk }
  readonly mail: { readonly post: Post }
}

const codeSchema = z.strictObject({
  id: z.string(),
  label: z.string(),
  needsLogin: z.boolean(),
  usesLeft: z.number().int(),
  createdAt: z.iso.datetime(),
  expiresAt: z.iso.datetime(),
  revokedAt: z.iso.datetime().optional(),
  lastUsedAt: z.iso.datetime().optional(),
})

const codeParams = z.strictObject({ group: groupReference, code: z.string().min(1).max(64) })

export function deviceEnrollmentRoutes(parts: DeviceEnrollmentRouteParts): readonly Route[] {
  const { store, groups } = parts
  const invite = async (
    group: string,
    made: DeviceEnrollmentCode,
    code: string,
    { to, link }: { readonly to: string; readonly link: string },
  ) => {
    const uses = made.usesLeft === 1 ? 'one device' : `${made.usesLeft} devices`
    const until = `${made.expiresAt.toISOString().slice(0, 16).replace('T', ' ')} UTC`
    const variables = { group: (await groups.byId(group))?.name ?? '', code, link, until, uses }
    const key = `device-enrollment ${made.id}`
    const mail = { template: 'device-enrollment', variables, to: [to], key } as const
    const queued = await parts.mail.post.queue(group, mail).catch(async (error: unknown) => {
      // Its answer is lost with the failure: a code that nobody has seen must not stay good.
      await store.deviceEnrollmentCodes.revoke(group, made.id)
      throw error
    })
    return queued.kind === 'queued' ? ('queued' as const) : ('notConfigured' as const)
  }
  return [
    defineRoute({
      method: 'GET',
      path: '/api/groups/:group/device-enrollment-codes',
      policy: 'devices:read',
      says: 'Lists the codes by which devices enroll in a group. The codes themselves are not kept.',
      params: groupParams,
      pages: { of: 'codes', by: ['createdAt', 'id'] },
      result: z.strictObject({ codes: z.array(codeSchema) }),
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        return { codes: (await store.deviceEnrollmentCodes.list(id)).map(present) }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/groups/:group/device-enrollment-codes',
      policy: 'devices:edit',
      says: 'Makes a code by which devices enroll in a group, and mails it to somebody if asked to. It is shown in this answer and never again.',
      params: groupParams,
      body: optionalBody(
        z.strictObject({
          label: z.string().max(200).default(''),
          /** How many devices it brings in. */
          uses: z.number().int().min(1).max(10_000).default(1),
          validHours: z
            .number()
            .int()
            .min(1)
            .max(24 * 365)
            .default(72),
          /** Whoever uses it also gives `DOMAIN\user` and a password, which the directory of the group checks. */
          needsLogin: z.boolean().default(false),
          /** Sends the code to somebody, with the address where it is used: the page `/enroll-device` as people reach it. */
          mail: z
            .strictObject({
              to: mailAddress,
              link: z.url({ protocol: /^https$/ }).max(500),
            })
            .optional(),
        }),
      ),
      result: z.strictObject({
        ...codeSchema.shape,
        code: z.string(),
        command: z.string(),
        /** Of an invitation: whether it was queued. */
        mail: z.enum(['queued', 'notConfigured']).optional(),
      }),
      status: 201,
      handler: async ({ params, body, actor }) => {
        const { id: group } = await visibleGroup(groups, params.group, actor)
        const { text, secret } = makeCode()
        const { label, uses, needsLogin, validHours } = body
        const expiresAt = new Date(parts.clock.now().getTime() + validHours * 3_600_000)
        const made = await store.deviceEnrollmentCodes.add({ group, secret, label, uses, needsLogin, expiresAt })
        // The code comes by a file or a prompt: others can read arguments.
        const command = 'sallygate hub enroll --console <address of this console> --code-file <file with the code>'
        const invited = body.mail === undefined ? undefined : await invite(group, made, text, body.mail)
        return { ...present(made), code: text, command, ...(invited === undefined ? {} : { mail: invited }) }
      },
    }),
    defineRoute({
      method: 'DELETE',
      path: '/api/groups/:group/device-enrollment-codes/:code',
      policy: 'devices:edit',
      says: 'Revokes a code, by its id. Devices that enrolled with it stay.',
      params: codeParams,
      result: z.strictObject({}),
      handler: async ({ params, actor }) => {
        const { id } = await visibleGroup(groups, params.group, actor)
        if (!(await store.deviceEnrollmentCodes.revoke(id, params.code))) throw deviceFailure('NOT_FOUND')
        return {}
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/device-enrollment',
      policy: 'public',
      says: 'Enrolls a device with a code. The statement is signed with an Ed25519 key that the agent made, and its check-ins are signed with the same.',
      body: z.strictObject({
        code: z.string().min(1).max(200),
        key: z.string().length(43),
        statement: statementText,
        signature: signatureText,
        // An empty password is one that the directory would not take, not a malformed request.
        login: z.strictObject({ user: z.string().min(1).max(256), password: z.string().max(1024) }).optional(),
      }),
      result: z.strictObject({ device: z.string(), verdict: verdictSchema }),
      status: 201,
      handler: async ({ body, connection }) => {
        const device = await parts.devices.enrollment.enroll(body, connection.source)
        return { device: device.id, verdict: presentVerdict(device.verdict) }
      },
    }),
    defineRoute({
      method: 'GET',
      path: '/enroll-device',
      policy: 'public',
      says: 'Tells a person whose device is not registered how to enroll it. Network access control sends them here.',
      // What a NAC adds to the address is not read.
      query: z.looseObject({}),
      result: z.string(),
      produces: 'html',
      handler: () => enrollmentPage,
    }),
  ]
}

function present(code: DeviceEnrollmentCode) {
  const { id, label, needsLogin, usesLeft, createdAt, expiresAt, revokedAt, usedAt } = code
  return {
    id,
    label,
    needsLogin,
    usesLeft,
    createdAt: createdAt.toISOString(),
    expiresAt: expiresAt.toISOString(),
    ...(revokedAt === undefined ? {} : { revokedAt: revokedAt.toISOString() }),
    ...(usedAt === undefined ? {} : { lastUsedAt: usedAt.toISOString() }),
  }
}
