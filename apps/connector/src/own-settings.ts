/**
 * What the console has told this connector about itself: what it carries, for whom, where the relay is.
 *
 * It only narrows: the policy file of this host stands above it, and so does the relay
 * address in the host's settings file. Without any, nothing is switched off.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import {
  instanceContract,
  instanceSettingsSchema,
  type InstanceSettings,
  type ServiceStatus,
  type Switches,
} from '@sallygate/service-instance/contract'
import { parseSettings } from '@sallygate/service-kit'
import { connectorFailure } from './failures.ts'
import type { Configured } from './service-host.ts'
import type { SettingsVault } from './settings-vault.ts'

export interface OwnSettingsOptions {
  readonly vault: SettingsVault
  /** Dials there; the connection that stands goes on when the new one does not come about. */
  readonly moveTo: (relayUrl: string) => Promise<void>
  readonly log: Log
}

const service = instanceContract.name

/** What cannot be read any more may have switched anything off. The console says it again with the next hello. */
const closed: InstanceSettings = { ...instanceSettingsSchema.parse({}), isEnabled: false }

export class OwnSettings {
  readonly #options: OwnSettingsOptions
  #settings: InstanceSettings = instanceSettingsSchema.parse({})
  #generation = 0
  #failure: Failure | undefined
  #turn: Promise<unknown> = Promise.resolve()

  constructor(options: OwnSettingsOptions) {
    this.#options = options
    try {
      const stored = options.vault.read(service)
      if (stored === undefined) return
      this.#settings = instanceSettingsSchema.parse(stored.settings)
      this.#generation = stored.generation
    } catch (error) {
      options.log.error('stored settings unreadable', { service, error })
      this.#settings = closed
      this.#failure = error instanceof Failure ? error : connectorFailure('SETTINGS_UNREADABLE', { cause: error })
    }
  }

  /** Where the console said that the relay is, and where it was reached then. */
  get relayUrl(): string | undefined {
    return this.#settings.relayUrl
  }

  /** @throws CONNECTOR_SWITCHED_OFF. */
  allow(asked: { readonly service: string; readonly component: string; readonly actingGroup: string }): void {
    const switches: Switches = this.#settings.actingGroups[asked.actingGroup] ?? this.#settings
    const off = (what: string) => connectorFailure('SWITCHED_OFF', { details: { what } })
    if (!switches.isEnabled) throw off('the connector')
    if (switches.services[asked.service] === false) throw off(asked.service)
    if (switches.components[asked.component] === false) throw off(asked.component)
  }

  /**
   * Switches hold at once. Another address of the relay is kept when it has been reached.
   *
   * @throws SERVICE_SETTINGS_INVALID, FILE_*; then the last good ones hold on.
   */
  configure(given: unknown, generation: number): Promise<Configured> {
    const turn = this.#turn.then(() => this.#configure(given, generation))
    this.#turn = turn.catch(() => undefined)
    return turn
  }

  status(): ServiceStatus {
    const { version: contractVersion, abilities } = instanceContract
    const failure = this.#failure
    const state: ServiceStatus['state'] =
      failure === undefined
        ? { kind: 'healthy' }
        : { kind: 'degraded', code: failure.code, reason: failure.says, fix: failure.fix }
    return { service, contractVersion, abilities: [...abilities], generation: this.#generation, state }
  }

  async #configure(given: unknown, generation: number): Promise<Configured> {
    if (generation < this.#generation) return { applied: false, status: this.status() }
    const next = parseSettings(instanceContract, given)
    const before = this.#settings.relayUrl
    this.#keep({ ...next, relayUrl: before }, generation)
    this.#failure = undefined
    if (next.relayUrl !== undefined) {
      try {
        await this.#options.moveTo(next.relayUrl)
        this.#keep(next, generation)
      } catch (error) {
        if (!(error instanceof Failure)) throw error
        this.#options.log.warn('the relay is not reached at its new address', { error })
        this.#failure = connectorFailure('RELAY_NOT_MOVED', { cause: error, details: { because: error.code } })
      }
    }
    return { applied: true, status: this.status() }
  }

  #keep(settings: InstanceSettings, generation: number): void {
    const { relayUrl, ...switches } = settings
    this.#options.vault.write(service, { generation, settings: { ...switches, ...(relayUrl && { relayUrl }) } })
    this.#settings = settings
    this.#generation = generation
  }
}
