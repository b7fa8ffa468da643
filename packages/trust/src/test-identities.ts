/**
 * A console with one group, for tests: every certificate there is, made once.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import type { Certificate } from './certificate.ts'
import { makeId, type ConsoleId, type GroupId, type InstanceId, type RelayId } from './identity.ts'
import {
  issueBootstrap,
  issueConsoleIdentity,
  issueConsoleSigning,
  issueGroupAuthority,
  issueInstance,
  issueTlsServer,
  makeProductRoot,
  type Holder,
} from './issue.ts'
import { makePrivateKey } from './key.ts'

/** When everything is issued: the beginning of the fake clock. */
export const issuedAt = new Date('2026-11-22T12:00:00Z')

export const hourMs = 3_600_000
export const dayMs = 24 * hourMs

export function after(ms: number): Date {
  return new Date(issuedAt.getTime() + ms)
}

export async function holder(issue: (publicKey: KeyObject) => Promise<Certificate>): Promise<Holder> {
  const privateKey = makePrivateKey()
  return { certificate: await issue(privateKey), privateKey }
}

export async function makeGroup(
  root: Holder,
  console: ConsoleId,
  { at = issuedAt, group = makeId<GroupId>() }: { readonly at?: Date; readonly group?: GroupId } = {},
) {
  const instance = makeId<InstanceId>()
  const to = { console, group, at }
  const authority = await holder((publicKey) => issueGroupAuthority({ issuer: root, publicKey, ...to }))
  const signing = await holder((publicKey) => issueConsoleSigning({ issuer: authority, publicKey, ...to }))
  const connector = await holder((publicKey) => issueInstance({ issuer: authority, publicKey, instance, ...to }))
  const bootstrap = await holder((publicKey) => issueBootstrap({ issuer: authority, publicKey, days: 7, ...to }))
  return { group, instance, authority, signing, connector, bootstrap }
}

export async function makeIdentities() {
  const console = makeId<ConsoleId>()
  const relay = makeId<RelayId>()
  const at = issuedAt
  const root = await makeProductRoot({ console, at })
  const identity = await holder((publicKey) => issueConsoleIdentity({ issuer: root, console, publicKey, at }))
  const server = await holder((publicKey) =>
    issueTlsServer({ issuer: root, hosts: ['relay.example.com'], addresses: ['127.0.0.1', '::1'], publicKey, at }),
  )
  return { console, relay, root, identity, server, ...(await makeGroup(root, console)) }
}
