/**
 * Identities: who a certificate speaks for, as ids and as the URI inside it.
 *
 * Ids are random, so they tell nothing about whom they stand for. The URI has a
 * host part, because name constraints apply to hosts only (RFC 5280 4.2.1.10);
 * the group is in that host, so that a group authority can be confined to it.
 *
 * @module
 */
import { fromHex, randomBytes, toHex } from '@sallygate/base/bytes'
import { fixed, type Field } from '@sallygate/base/layout'
import { malformed } from './der.ts'

export type Brand<T, Name extends string> = T & { readonly __brand: Name }

/** 32 lower-case hex characters each. */
export type ConsoleId = Brand<string, 'ConsoleId'>
export type GroupId = Brand<string, 'GroupId'>
export type InstanceId = Brand<string, 'InstanceId'>
export type RelayId = Brand<string, 'RelayId'>
/** SHA-256 of a public key's SubjectPublicKeyInfo: 64 lower-case hex characters. */
export type KeyId = Brand<string, 'KeyId'>

type Id = ConsoleId | GroupId | InstanceId | RelayId

const idPattern = /^[0-9a-f]{32}$/

export function makeId<T extends Id>(): T {
  return toHex(randomBytes(16)) as T
}

/** @throws TRUST_MALFORMED for anything but 32 lower-case hex characters. */
export function parseId<T extends Id>(text: string): T {
  if (!idPattern.test(text)) throw malformed('an id of 32 lower-case hex characters')
  return text as T
}

/** On the wire an id is its 16 bytes. */
export function idField<T extends Id>(): Field<T> {
  const inner = fixed(16)
  return {
    write: (to, value) => inner.write(to, fromHex(value)),
    read: (from) => toHex(inner.read(from)) as T,
  }
}

/** On the wire a key id is its 32 bytes. */
export const keyIdField: Field<KeyId> = {
  write: (to, value) => fixed(32).write(to, fromHex(value)),
  read: (from) => toHex(fixed(32).read(from)) as KeyId,
}

/** What stands in a certificate's subject alternative name. */
export type IdentityName =
  | { readonly role: 'consoleIdentity'; readonly console: ConsoleId }
  | {
      readonly role: 'authority' | 'consoleSigning' | 'bootstrap'
      readonly console: ConsoleId
      readonly group: GroupId
    }
  | { readonly role: 'connector'; readonly console: ConsoleId; readonly group: GroupId; readonly instance: InstanceId }

/** Host of every URI of a group, and the name constraint of its authority. */
export function groupHost(console: ConsoleId, group: GroupId): string {
  return `${group}.${console}`
}

const paths = { authority: 'authority', consoleSigning: 'console', bootstrap: 'bootstrap' } as const

export function identityUri(name: IdentityName): string {
  switch (name.role) {
    case 'consoleIdentity':
      return `sallygate://${name.console}/identity`
    case 'connector':
      return `sallygate://${groupHost(name.console, name.group)}/connector/${name.instance}`
    case 'authority':
    case 'consoleSigning':
    case 'bootstrap':
      return `sallygate://${groupHost(name.console, name.group)}/${paths[name.role]}`
  }
}

const id = '([0-9a-f]{32})'
const identityPattern = new RegExp(`^sallygate://${id}/identity$`)
const connectorPattern = new RegExp(`^sallygate://${id}\\.${id}/connector/${id}$`)
const groupPattern = new RegExp(`^sallygate://${id}\\.${id}/(authority|console|bootstrap)$`)

/** @returns `undefined` for a URI that is not one of ours. */
export function parseIdentityUri(uri: string): IdentityName | undefined {
  const identity = identityPattern.exec(uri)
  if (identity !== null) return { role: 'consoleIdentity', console: identity[1] as ConsoleId }
  const connector = connectorPattern.exec(uri)
  if (connector !== null) {
    const [, group, console, instance] = connector
    return {
      role: 'connector',
      console: console as ConsoleId,
      group: group as GroupId,
      instance: instance as InstanceId,
    }
  }
  const [, group, console, path] = groupPattern.exec(uri) ?? []
  const role = Object.entries(paths).find(([, word]) => word === path)?.[0]
  if (role === undefined) return undefined
  return { role: role as keyof typeof paths, console: console as ConsoleId, group: group as GroupId }
}
