/**
 * The service book: which enterprise services a group has on, and with what settings.
 *
 * Each service is a settings page; here is only what is particular to services: that one
 * without settings is off, and that one can be turned off on purpose.
 *
 * @module
 */
import type { Contract, SettingsValues } from '@sallygate/service-kit'
import { consoleFailure } from '../failures.ts'
import type { PageOf, SettingsBook } from '../settings/settings-book.ts'

/** Stands in the place of all settings of a service that was turned off; its generation goes on. */
const offMark = '$off'

export interface ServiceState {
  readonly service: string
  /** Without secrets. `undefined`: off. */
  readonly settings: SettingsValues | undefined
  readonly secretsSet: readonly string[]
  /** 0: never had any. */
  readonly generation: number
  /** The group whose settings they are. */
  readonly from: string | undefined
}

export class ServiceBook {
  readonly #settings: SettingsBook
  readonly #services: readonly string[]

  constructor(settings: SettingsBook, services: readonly string[]) {
    this.#settings = settings
    this.#services = services
  }

  /** @throws CONSOLE_SERVICE_UNKNOWN. */
  contract(service: string): Contract {
    if (!this.#services.includes(service)) {
      throw consoleFailure('SERVICE_UNKNOWN', { details: { known: this.#services.join(', ') } })
    }
    return this.#settings.page(service)
  }

  get names(): readonly string[] {
    return this.#services
  }

  async state(group: string, service: string): Promise<ServiceState> {
    this.contract(service)
    const page = await this.#settings.of(group, service)
    const { own, generation } = page
    const from = page.source
    if (own === undefined || isOff(page)) return { service, settings: undefined, secretsSet: [], generation, from }
    return { service, settings: own.values, secretsSet: own.secretsSet, generation, from }
  }

  list(group: string): Promise<readonly ServiceState[]> {
    return Promise.all(this.names.map((service) => this.state(group, service)))
  }

  async isOn(group: string, service: string): Promise<boolean> {
    const page = await this.#settings.of(group, service)
    return page.own !== undefined && !isOff(page)
  }

  /** The highest generation of the group: a connector that has it has everything. */
  async generation(group: string): Promise<number> {
    const pages = await Promise.all(this.#settings.names.map((page) => this.#settings.of(group, page)))
    return Math.max(0, ...pages.map(({ generation }) => generation))
  }

  /**
   * Gives the group settings of its own.
   *
   * @returns the secrets that were erased by the change.
   * @throws CONSOLE_SERVICE_UNKNOWN, PAGE_INHERIT_ONLY, SERVICE_SETTINGS_INVALID.
   */
  replace(group: string, service: string, given: SettingsValues): Promise<readonly string[]> {
    this.contract(service)
    return this.#settings.override(group, service, given)
  }

  /** Turns it off for the group and erases its settings there, secrets included. @throws PAGE_INHERIT_ONLY. */
  async turnOff(group: string, service: string): Promise<void> {
    const { secretFields } = this.contract(service)
    await this.#settings.requirePermission(group, service, 'override')
    const none = Object.fromEntries(secretFields.map((field) => [field, null]))
    await this.#settings.write(group, service, 'override', { [offMark]: true }, none)
  }

  /** What a connector is given, secrets in the clear: to be sealed at once. `null`: off. */
  async forConnector(group: string, service: string): Promise<{ settings: SettingsValues | null; generation: number }> {
    const { settings, generation } = await this.state(group, service)
    return { settings: settings === undefined ? null : await this.#settings.open(group, service), generation }
  }
}

/** Turned off on purpose, by the group or the one it inherits from. */
export function isOff({ own }: Pick<PageOf, 'own'>): boolean {
  return own !== undefined && offMark in own.values
}
