/**
 * The settings book: what holds on each page for each group, and whose it is.
 *
 * A page is read by its own schema before it is stored. Secrets go in and never come out
 * again, except sealed to a connector; a group that inherits uses them and sees only that
 * they are there.
 *
 * @module
 */
import type { Json } from '@sallygate/base/json'
import { Secret } from '@sallygate/base/secret'
import { pageFailure, resolvePage, type ChildPermission, type EffectivePage, type GroupTree } from '@sallygate/domain'
import {
  changeSettings,
  parseSettings,
  splitSettings,
  type Contract,
  type SettingsValues,
} from '@sallygate/service-kit'
import type { OrganizationGroup, SettingsPageRow, Store } from '@sallygate/store'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { asText, defaultsOf, onlyNamed, readSecrets, storedPage, withoutUndefined } from './page-values.ts'

export interface PageOf extends EffectivePage {
  readonly page: string
  /** What is stored where the override is; absent while only defaults hold. */
  readonly own: SettingsPageRow | undefined
  /** Rises whenever what holds here may have changed. 0: nobody ever set anything. */
  readonly generation: number
}

type Rows = ReadonlyMap<string, SettingsPageRow>

export class SettingsBook {
  readonly #store: Store
  readonly #groups: OrganizationGroups
  readonly #pages: ReadonlyMap<string, Contract>
  #rows: Promise<Rows> | undefined

  constructor(store: Store, groups: OrganizationGroups, pages: readonly Contract[]) {
    this.#store = store
    this.#groups = groups
    this.#pages = new Map(pages.map((page) => [page.name, page]))
  }

  get names(): readonly string[] {
    return [...this.#pages.keys()]
  }

  /** @throws PAGE_UNKNOWN. */
  page(name: string): Contract {
    const page = this.#pages.get(name)
    if (page === undefined) throw pageFailure('UNKNOWN', { details: { known: this.names.join(', ') } })
    return page
  }

  async of(group: string, page: string): Promise<PageOf> {
    return this.at(await this.#groups.tree(), group, page)
  }

  /** As it is, or would be, with a tree. */
  async at(tree: GroupTree<OrganizationGroup>, group: string, name: string): Promise<PageOf> {
    const page = this.page(name)
    const rows = await this.#read()
    const path = tree.path(group).map(({ id }) => ({ group: id, row: rows.get(keyOf(id, name)) }))
    const steps = path.map(({ group: id, row }) => ({ group: id, stored: row && storedPage(row) }))
    const resolved = resolvePage(steps, defaultsOf(page))
    const source = path.find(({ group: id }) => id === resolved.source)?.row
    return {
      ...resolved,
      page: name,
      own: source?.mode === 'override' ? source : undefined,
      generation: Math.max(0, ...path.map(({ row }) => row?.generation ?? 0)),
    }
  }

  /** The highest number of a page anywhere at or below a group. */
  async newestBelow(group: string, page: string): Promise<number> {
    const [tree, rows] = [await this.#groups.tree(), await this.#read()]
    return Math.max(0, ...tree.subtree(group).map(({ id }) => rows.get(keyOf(id, page))?.generation ?? 0))
  }

  /** What is used, secrets in the clear: to be sealed at once. */
  async open(group: string, page: string): Promise<SettingsValues> {
    const { own } = await this.of(group, page)
    return own === undefined ? {} : this.#opened(own)
  }

  /**
   * Gives a group values of its own; those it does not name are defaults. What was inherited is not taken over: an
   * override starts empty. A secret that is left out, or given back as it was shown, stays, unless where to connect or
   * whom to believe has changed; `null` erases it.
   *
   * @returns the secrets that were erased by the change.
   * @throws PAGE_UNKNOWN, PAGE_INHERIT_ONLY, SERVICE_SETTINGS_INVALID.
   */
  async override(
    group: string,
    name: string,
    given: SettingsValues,
    childPermission?: ChildPermission,
  ): Promise<readonly string[]> {
    const page = this.page(name)
    await this.requirePermission(group, name, 'override')
    const before = await this.#own(group, name)
    const { values: change, nulls } = readSecrets(page, given)
    // Read once before comparing, so that a default that was left out is no change.
    const wanted = { ...parseSettings(page, change) } as SettingsValues
    const stored = before?.mode === 'override' ? await this.#opened(before) : {}
    const { values } = changeSettings(page, stored, wanted)
    for (const field of nulls) delete (values as Record<string, unknown>)[field]
    const { open, secret } = splitSettings(page, parseSettings(page, values) as SettingsValues)
    const secrets: Record<string, Secret | null> = Object.fromEntries(nulls.map((field) => [field, null]))
    for (const [field, value] of Object.entries(secret)) {
      // A secret is text in every page; what else a schema let through is stored as it reads.
      // Given again it is kept where a change would erase it, also when it is the one that was stored.
      const isGiven = value !== stored[field] || value === given[field]
      if (value !== undefined && isGiven) secrets[field] = new Secret(asText(value))
    }
    const kept = page.secretFields.length === 0 ? onlyNamed(open, given) : open
    return this.write(group, name, 'override', withoutUndefined(kept), secrets, childPermission)
  }

  /** Erases what the group had of its own. @throws PAGE_UNKNOWN, PAGE_OVERRIDE_ONLY. */
  async inherit(group: string, page: string, childPermission?: ChildPermission): Promise<readonly string[]> {
    await this.requirePermission(group, page, 'inherit')
    return this.write(group, page, 'inherit', {}, {}, childPermission)
  }

  /** Changes only what children may do. */
  async permit(group: string, page: string, childPermission: ChildPermission): Promise<void> {
    const before = await this.#own(group, page)
    await this.write(group, page, before?.mode ?? 'inherit', before?.values ?? {}, {}, childPermission)
  }

  /** Nothing stored changes, and connectors have to be told anew. */
  async touch(pages: readonly { readonly group: string; readonly page: string }[], floor?: number): Promise<void> {
    try {
      await this.#store.settingsPages.touch(pages, floor)
    } finally {
      this.forget()
    }
  }

  /** What is stored was changed elsewhere: groups were deleted. */
  forget(): void {
    this.#rows = undefined
  }

  /** @throws PAGE_INHERIT_ONLY, PAGE_OVERRIDE_ONLY. */
  async requirePermission(group: string, page: string, mode: 'inherit' | 'override'): Promise<void> {
    const { permission } = await this.of(group, page)
    if (permission === 'inheritOnly' && mode === 'override') throw pageFailure('INHERIT_ONLY', { details: { page } })
    if (permission === 'overrideOnly' && mode === 'inherit') throw pageFailure('OVERRIDE_ONLY', { details: { page } })
  }

  async write(
    group: string,
    name: string,
    mode: 'inherit' | 'override',
    settings: Readonly<Record<string, Json>>,
    secrets: Readonly<Record<string, Secret | null>>,
    childPermission?: ChildPermission,
  ): Promise<readonly string[]> {
    const { secretFields, settings: declared } = this.page(name)
    const before = await this.#own(group, name)
    // What was stored under an override that did not hold is not to be found again by a new one.
    const starting = Object.fromEntries(secretFields.map((field) => [field, null]))
    const content = {
      settings,
      secrets: before?.mode === 'override' ? secrets : { ...starting, ...secrets },
      secretFields,
      eraserFields: declared.erasesSecrets,
    }
    const permission = childPermission ?? before?.childPermission ?? 'inheritOrOverride'
    try {
      const { erased } = await this.#store.settingsPages.set({
        group,
        page: name,
        mode,
        childPermission: permission,
        content,
      })
      return erased
    } finally {
      this.forget()
    }
  }

  async #own(group: string, page: string): Promise<SettingsPageRow | undefined> {
    return (await this.#read()).get(keyOf(group, page))
  }

  async #opened({ group, page, values }: SettingsPageRow): Promise<SettingsValues> {
    const secrets = await this.#store.serviceSettings.openSecrets(group, page)
    const revealed = Object.entries(secrets).map(([field, value]) => [field, value.reveal()] as const)
    return { ...values, ...Object.fromEntries(revealed) }
  }

  #read(): Promise<Rows> {
    this.#rows ??= this.#store.settingsPages
      .all()
      .then((rows) => new Map(rows.map((row) => [keyOf(row.group, row.page), row])))
    return this.#rows
  }
}

const keyOf = (group: string, page: string) => `${group} ${page}`
