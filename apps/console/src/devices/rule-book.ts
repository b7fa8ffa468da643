/**
 * The rule book: what holds for the devices of each group, ready to be used inside a transaction.
 *
 * Policies and settings are read seldom and used with every report, so they are kept. When
 * they, or the tree, have changed, every device of a group for which something else holds
 * now is evaluated again.
 *
 * @module
 */
import { readMac, holdsFor, type EvaluationRules, type Mac, type MergeRules, type Policy } from '@sallygate/domain'
import type { Store } from '@sallygate/store'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import type { SettingsBook } from '../settings/settings-book.ts'
import { devicesPageName, devicesSettingsOf, type DevicesSettings } from './settings-page.ts'

const hourMs = 3_600_000

export interface GroupRules {
  readonly group: string
  /** From the top down to the group. */
  readonly path: readonly string[]
  readonly settings: DevicesSettings
  readonly merge: MergeRules
  readonly evaluation: EvaluationRules
  readonly ignoredMacs: ReadonlySet<Mac>
  readonly macMemoryMs: number
  readonly policies: readonly Policy[]
  /** Equal while the same verdicts come out. */
  readonly print: string
}

export interface Rules {
  of(group: string): GroupRules | undefined
  /** The group and all below it. */
  within(group: string): ReadonlySet<string>
}

export interface RuleBookParts {
  readonly store: Pick<Store, 'devicePolicies' | 'devices'>
  readonly groups: OrganizationGroups
  readonly pages: SettingsBook
}

export class RuleBook {
  readonly #parts: RuleBookParts
  #current: Promise<Rules> | undefined
  #prints = new Map<string, string>()

  constructor(parts: RuleBookParts) {
    this.#parts = parts
  }

  /** As of the last refresh, at most some seconds ago. */
  current(): Promise<Rules> {
    this.#current ??= this.#read().catch((error: unknown) => {
      this.#current = undefined
      throw error
    })
    return this.#current
  }

  /** Reads anew. @returns how many devices have to be evaluated again because of it. */
  async refresh(): Promise<number> {
    const reading = this.#read()
    const rules = await reading
    this.#current = reading
    const tree = await this.#parts.groups.tree()
    const before = this.#prints
    const ids = tree.children(undefined).flatMap(({ id }) => tree.subtree(id).map((group) => group.id))
    this.#prints = new Map(ids.map((id) => [id, rules.of(id)?.print ?? '']))
    const changed = ids.filter((id) => before.size > 0 && (before.get(id) ?? '') !== this.#prints.get(id))
    return this.#parts.store.devices.evaluateAgain(changed)
  }

  async #read(): Promise<Rules> {
    const { store, groups, pages } = this.#parts
    const [tree, policies] = await Promise.all([groups.tree(), store.devicePolicies.all()])
    const found = new Map<string, GroupRules>()
    for (const top of tree.children(undefined)) {
      for (const { id } of tree.subtree(top.id)) {
        const path = tree.path(id).map((group) => group.id)
        const { values } = await pages.at(tree, id, devicesPageName)
        found.set(id, rulesOf(path, devicesSettingsOf(values), policies))
      }
    }
    return {
      of: (group) => found.get(group),
      within: (group) => new Set(tree.subtree(group).map(({ id }) => id)),
    }
  }
}

function rulesOf(path: readonly string[], settings: DevicesSettings, all: readonly Policy[]): GroupRules {
  const policies = all.filter((policy) => holdsFor(policy, path))
  return {
    group: path.at(-1) ?? '',
    path,
    settings,
    policies,
    merge: { order: settings.sourceOrder, freshForMs: settings.freshForHours * hourMs },
    evaluation: { staleAfterMs: settings.staleAfterHours * hourMs, graceMs: settings.graceHours * hourMs },
    ignoredMacs: new Set(settings.ignoredMacs.flatMap((mac) => readMac(mac) ?? [])),
    macMemoryMs: settings.macMemoryDays * 24 * hourMs,
    print: JSON.stringify([settings, policies]),
  }
}
