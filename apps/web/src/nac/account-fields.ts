/**
 * An account of a NAC between the form and the API.
 *
 * @module
 */
import { dayOf, endOfDay } from '../parts/end-date.tsx'
import { everywhere } from '../parts/group-select.tsx'
import { ask, path } from '../api/client.ts'
import type { MadeNacAccount, NacAccount, NacAction } from '../api/nac-shapes.ts'

export interface Fields {
  user: string
  kind: NacAccount['kind']
  group: string
  right: NacAccount['right']
  actions: NacAction[]
  messages: boolean
  sources: string[]
  certificates: string[]
  day: string
  disabled: boolean
}

const rightsOf = ({ right, actions, messages, sources, certificates }: Fields) => ({
  right,
  sources,
  certificates: certificates.map((one) => one.replaceAll(':', '').toLowerCase()),
  actions: right === 'edit' ? actions : [],
  messages: right === 'edit' && messages,
})

export const made = (fields: Fields) =>
  ask<MadeNacAccount>('POST', path`/api/nac/accounts`, {
    body: {
      user: fields.user,
      kind: fields.kind,
      ...(fields.group === everywhere ? {} : { group: fields.group }),
      ...rightsOf(fields),
      ...(fields.day === '' ? {} : { expiresAt: endOfDay(fields.day) }),
    },
  })

/** An end that nobody touched keeps its hour. */
export function changed(account: NacAccount, fields: Fields): Promise<MadeNacAccount> {
  const before = account.expiresAt === undefined ? '' : dayOf(new Date(account.expiresAt))
  return ask<MadeNacAccount>('PUT', path`/api/nac/accounts/${account.id}`, {
    body: {
      disabled: fields.disabled,
      ...rightsOf(fields),
      ...(fields.day === before ? {} : { expiresAt: fields.day === '' ? null : endOfDay(fields.day) }),
    },
  })
}
