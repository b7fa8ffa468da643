/**
 * The groups of one user: those that name him, those that name those, and the primary one.
 *
 * Asked of the groups, by their membership attribute, and not of `memberOf`: not every
 * server keeps that, and none that does has the primary group in it.
 *
 * @module
 */
import { allOf, anyOf, equal, type Filter, type SearchEntry } from '@sallygate/protocol-ldap'
import type { PreviewResult } from '../contract.ts'
import type { DirectoryPlan } from './plan.ts'
import { textsOf, valuesOf, type EntryReader } from './read-entries.ts'

type Group = PreviewResult['groups'][number]

export interface GroupsOf {
  readonly groups: readonly Group[]
  readonly more: boolean
}

/** LDAP_MATCHING_RULE_IN_CHAIN (MS-ADTS 3.1.1.3.4.4): the server follows groups in groups itself. */
export const inChainRule = '1.2.840.113556.1.4.1941'
/** Groups in groups in groups: deeper is a cycle or a mistake. A cycle ends by itself, because no group is asked twice. */
const maxDepth = 20
/** Names in one question. */
const batch = 50

/** What the primary group is found by (MS-ADTS 3.1.1.6.3). Asked for only of Active Directory. */
export const primaryAttributes = ['primaryGroupID', 'objectSid'] as const

export class GroupFinder {
  readonly #plan: DirectoryPlan
  readonly #reader: EntryReader
  readonly #limit: number
  readonly #isAllowed: (dn: string) => boolean
  readonly #found = new Map<string, Group>()
  #more = false

  constructor(plan: DirectoryPlan, reader: EntryReader, limit: number, isAllowed: (dn: string) => boolean) {
    this.#plan = plan
    this.#reader = reader
    this.#limit = limit
    this.#isAllowed = isAllowed
  }

  async of(user: SearchEntry): Promise<GroupsOf> {
    const { membership, mapping } = this.#plan
    const login = mapping.user.login === undefined ? undefined : textsOf(user, mapping.user.login)[0]
    const member = membership.holds === 'login' ? login : user.dn
    const primary = await this.#primary(user)
    const direct = member === undefined ? [] : await this.#ask([equal(membership.attribute, member)], true)
    const first = [...direct, ...(primary === undefined ? [] : [primary])]
    if (membership.transitive === 'matchingRule')
      await this.#inChain([user.dn, ...(primary === undefined ? [] : [primary])])
    if (membership.transitive === 'walk') await this.#walk(first)
    const groups = [...this.#found.values()]
    return { groups: groups.slice(0, this.#limit), more: this.#more || groups.length > this.#limit }
  }

  async #inChain(dns: readonly string[]): Promise<void> {
    const { attribute } = this.#plan.membership
    const rules = dns.map((dn): Filter => ({
      kind: 'extensible',
      rule: inChainRule,
      attribute,
      value: Buffer.from(dn, 'utf8'),
      dnAttributes: false,
    }))
    await this.#ask(rules, false)
  }

  async #walk(first: readonly string[]): Promise<void> {
    const { attribute, holds } = this.#plan.membership
    // A group that lists logins has no groups in it.
    if (holds === 'login') return
    let level = [...first]
    for (let depth = 0; depth < maxDepth && level.length > 0 && !this.#more; depth++) {
      const next: string[] = []
      for (let at = 0; at < level.length; at += batch) {
        const names = level.slice(at, at + batch)
        next.push(
          ...(await this.#ask(
            names.map((dn) => equal(attribute, dn)),
            false,
          )),
        )
      }
      level = next
    }
  }

  /** @returns the names of groups that were not known before. */
  async #ask(any: readonly Filter[], isDirect: boolean): Promise<readonly string[]> {
    const { groups, mapping } = this.#plan
    const attributes = [mapping.group.name ?? '1.1']
    const filter = allOf(...groups.filters, anyOf(...any))
    const limit = this.#limit
    const found = await this.#reader.ask({ base: groups.base, scope: 'subtree', filter, attributes, limit })
    this.#more ||= found.more
    return found.entries.flatMap((entry) => (this.#add(entry, { isDirect, isPrimary: false }) ? [entry.dn] : []))
  }

  /** By its number at the end of the user's own security identifier. */
  async #primary(user: SearchEntry): Promise<string | undefined> {
    if (!this.#plan.isActiveDirectory) return undefined
    const [number] = textsOf(user, 'primaryGroupID')
    const [sid] = valuesOf(user, 'objectSid')
    if (number === undefined || !/^\d{1,10}$/.test(number) || sid === undefined || sid.length < 12) return undefined
    const ofGroup = Buffer.from(sid)
    ofGroup.writeUInt32LE(Number(number) >>> 0, ofGroup.length - 4)
    const { groups, mapping } = this.#plan
    const attributes = [mapping.group.name ?? '1.1']
    const filter = allOf(equal('objectClass', 'group'), equal('objectSid', ofGroup))
    const { entries } = await this.#reader.ask({
      // It lies where the domain keeps it, which need not be below the base of groups.
      base: domainOf(user.dn) ?? groups.base,
      scope: 'subtree',
      filter,
      attributes,
      limit: 1,
    })
    const [entry] = entries
    if (entry === undefined) return undefined
    this.#add(entry, { isDirect: true, isPrimary: true })
    return entry.dn
  }

  #add(entry: SearchEntry, as: Pick<Group, 'isDirect' | 'isPrimary'>): boolean {
    const key = entry.dn.toLowerCase()
    if (this.#found.has(key) || !this.#isAllowed(entry.dn)) return false
    if (this.#found.size >= this.#limit) {
      this.#more = true
      return false
    }
    const nameAttribute = this.#plan.mapping.group.name
    const name = nameAttribute === undefined ? undefined : textsOf(entry, nameAttribute)[0]
    this.#found.set(key, { dn: entry.dn, ...(name === undefined ? {} : { name: name.slice(0, 256) }), ...as })
    return true
  }
}

/** `CN=Ada,OU=People,DC=corp,DC=test` → `DC=corp,DC=test` */
function domainOf(dn: string): string | undefined {
  return /(?:^|,)(DC=[^,]+(?:,DC=[^,]+)*)$/i.exec(dn)?.[1]
}
