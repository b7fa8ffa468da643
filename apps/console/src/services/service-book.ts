/**
 * The service book: which enterprise services a group has on, and with what settings.
 *
 * Settings are read by the service's own contract before they are stored; secrets go
 * in and never come out again, except sealed to a connector.
 *
 * @module
 */
import type { Json } from '@sallygate/base/json'
import { Secret } from '@sallygate/base/secret'
import {
  changeSettings,
  isSecret,
  parseSettings,
  splitSettings,
  type Contract,
  type OperationTable,
  type SettingsValues,
} from '@sallygate/service-kit'
import type { ServiceSettings, Store } from '@sallygate/store'
import { consoleFailure } from '../failures.ts'

/** Stands in the place of all settings of a service that was turned off; its generation goes on. */
const offMark = '$off'

export interface ServiceState {
  readonly service: string
  /** Without secrets. `undefined`: off. */
  readonly settings: SettingsValues | undefined
  readonly secretsSet: readonly string[]
  /** 0: never had any. */
  readonly generation: number
}

export class ServiceBook {
  readonly #store: Store
  readonly #contracts: ReadonlyMap<string, Contract>

  constructor(store: Store, table: OperationTable) {
    this.#store = store
    const configurable = table.contracts.filter(({ name }) => name !== 'instance')
    this.#contracts = new Map(configurable.map((contract) => [contract.name, contract]))
  }

  /** @throws CONSOLE_SERVICE_UNKNOWN. */
  contract(service: string): Contract {
    const contract = this.#contracts.get(service)
    if (contract === undefined) {
      throw consoleFailure('SERVICE_UNKNOWN', { details: { known: [...this.#contracts.keys()].join(', ') } })
    }
    return contract
  }

  get names(): readonly string[] {
    return [...this.#contracts.keys()]
  }

  async state(group: string, service: string): Promise<ServiceState> {
    this.contract(service)
    return stateOf(service, await this.#store.serviceSettings.get(group, service))
  }

  list(group: string): Promise<readonly ServiceState[]> {
    return Promise.all(this.names.map((service) => this.state(group, service)))
  }

  async isOn(group: string, service: string): Promise<boolean> {
    const stored = await this.#store.serviceSettings.get(group, service)
    return stored !== undefined && !(offMark in stored.settings)
  }

  /** The highest generation of the group: a connector that has it has everything. */
  async generation(group: string): Promise<number> {
    return Math.max(0, ...(await this.#store.serviceSettings.list(group)).map(({ generation }) => generation))
  }

  /**
   * Replaces the settings. A secret that is left out, or given back as it was shown, stays, unless where to
   * connect or whom to believe has changed; `null` erases it.
   *
   * @returns the secrets that were erased by the change.
   * @throws CONSOLE_SERVICE_UNKNOWN, SERVICE_SETTINGS_INVALID.
   */
  async replace(group: string, service: string, given: SettingsValues): Promise<readonly string[]> {
    const contract = this.contract(service)
    const { values: change, nulls } = readSecrets(contract, given)
    // Read once before comparing, so that a default that was left out is no change.
    const wanted = { ...parseSettings(contract, change) } as SettingsValues
    const stored = await this.#openValues(group, contract)
    const { values } = changeSettings(contract, stored, wanted)
    for (const field of nulls) delete (values as Record<string, unknown>)[field]
    const parsed = parseSettings(contract, values) as SettingsValues
    const { open, secret } = splitSettings(contract, parsed)
    const secrets: Record<string, Secret | null> = Object.fromEntries(nulls.map((field) => [field, null]))
    for (const [field, value] of Object.entries(secret)) {
      // A secret is text in every contract; what else a schema let through is stored as it reads.
      if (value !== undefined && value !== stored[field]) secrets[field] = new Secret(asText(value))
    }
    const { erased } = await this.#store.serviceSettings.set({
      group,
      service,
      settings: withoutUndefined(open),
      secrets,
      secretFields: contract.secretFields,
      eraserFields: contract.settings.erasesSecrets,
    })
    return erased
  }

  /** Turns it off and erases its settings, secrets included. */
  async turnOff(group: string, service: string): Promise<void> {
    const { secretFields, settings } = this.contract(service)
    await this.#store.serviceSettings.set({
      group,
      service,
      settings: { [offMark]: true },
      secrets: Object.fromEntries(secretFields.map((field) => [field, null])),
      secretFields,
      eraserFields: settings.erasesSecrets,
    })
  }

  /** What a connector is given, secrets in the clear: to be sealed at once. `null`: off. */
  async forConnector(group: string, service: string): Promise<{ settings: SettingsValues | null; generation: number }> {
    const { settings, generation } = await this.state(group, service)
    if (settings === undefined) return { settings: null, generation }
    return { settings: await this.#openValues(group, this.contract(service)), generation }
  }

  async #openValues(group: string, contract: Contract): Promise<SettingsValues> {
    const { settings } = await this.state(group, contract.name)
    if (settings === undefined) return {}
    const secrets = await this.#store.serviceSettings.openSecrets(group, contract.name)
    const revealed = Object.entries(secrets).map(([field, value]) => [field, value.reveal()] as const)
    return { ...settings, ...Object.fromEntries(revealed) }
  }
}

function stateOf(service: string, stored: ServiceSettings | undefined): ServiceState {
  if (stored === undefined) return { service, settings: undefined, secretsSet: [], generation: 0 }
  const isOff = offMark in stored.settings
  return {
    service,
    settings: isOff ? undefined : stored.settings,
    secretsSet: stored.secretsSet,
    generation: stored.generation,
  }
}

/** A secret comes as text, as it was shown (`{set: true}`: keep it), or as `null` (erase it). */
function readSecrets(contract: Contract, given: SettingsValues): { values: SettingsValues; nulls: string[] } {
  const values: Record<string, unknown> = {}
  const nulls: string[] = []
  for (const [field, value] of Object.entries(given)) {
    if (!isSecret(contract.settings, field) || !contract.secretFields.includes(field)) values[field] = value
    else if (value === null) nulls.push(field)
    else if (!(typeof value === 'object' && 'set' in value)) values[field] = value
  }
  return { values, nulls }
}

function asText(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value)
}

function withoutUndefined(values: SettingsValues): Record<string, Json> {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as Record<string, Json>
}
