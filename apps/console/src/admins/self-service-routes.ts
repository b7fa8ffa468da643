/**
 * @module
 */
import { Secret } from '@sallygate/base/secret'
import { z } from 'zod'
import { defineRoute, type Route } from '../http/route.ts'
import type { SelfService } from './self-service.ts'
import { anyPassword, newPassword } from './session-schema.ts'

export interface SelfServiceRouteParts {
  readonly admins: { readonly selfService: SelfService }
}

const nothing = z.strictObject({})
const code = z.string().min(1).max(64)

export function selfServiceRoutes(parts: SelfServiceRouteParts): readonly Route[] {
  return [
    defineRoute({
      method: 'POST',
      path: '/api/session/password',
      policy: 'proven',
      says: 'Changes the own password; all other sessions of the account end.',
      body: z.strictObject({ current: anyPassword, password: newPassword }),
      result: nothing,
      handler: async ({ body, actor, connection }) => {
        const [current, next] = [new Secret(body.current), new Secret(body.password)]
        await parts.admins.selfService.changePassword(actor, current, next, connection.session)
        return {}
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/session/totp',
      policy: 'proven',
      says: 'Begins a second factor. The secret and the recovery codes are shown once; it counts when it is confirmed.',
      body: z.strictObject({ password: anyPassword, code: code.optional() }),
      result: z.strictObject({ secret: z.string(), uri: z.string(), recoveryCodes: z.array(z.string()) }),
      status: 201,
      handler: async ({ body, actor }) => {
        const made = await parts.admins.selfService.enrollTotp(actor, new Secret(body.password), body.code)
        return { ...made, recoveryCodes: [...made.recoveryCodes] }
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/session/totp/confirm',
      policy: 'proven',
      says: 'Turns the second factor on, with a code that shows that the authenticator has it.',
      body: z.strictObject({ code }),
      result: nothing,
      handler: async ({ body, actor }) => {
        await parts.admins.selfService.confirmTotp(actor, body.code)
        return {}
      },
    }),
    defineRoute({
      method: 'POST',
      path: '/api/session/totp/remove',
      policy: 'proven',
      says: 'Turns the own second factor off, with a code of it.',
      body: z.strictObject({ password: anyPassword, code }),
      result: nothing,
      handler: async ({ body, actor }) => {
        await parts.admins.selfService.removeTotp(actor, new Secret(body.password), body.code)
        return {}
      },
    }),
    defineRoute({
      method: 'PUT',
      path: '/api/session/pin',
      policy: 'proven',
      says: 'Sets the own security PIN, which is asked for by what cannot be undone; `null` takes it away.',
      body: z.strictObject({ password: anyPassword, pin: z.string().min(4).max(64).nullable() }),
      result: nothing,
      handler: async ({ body, actor }) => {
        const pin = body.pin === null ? undefined : new Secret(body.pin)
        await parts.admins.selfService.setPin(actor, new Secret(body.password), pin)
        return {}
      },
    }),
  ]
}
