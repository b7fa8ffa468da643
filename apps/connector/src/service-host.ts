/**
 * The service host: which services run, with which settings, and what becomes of new ones.
 *
 * New settings are tried before the old ones are given up. A service that cannot start
 * is failed with its reason and tried again; the others run on.
 *
 * @module
 */
import { sha256, toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import { encodeJson } from '@sallygate/base/json'
import type { Log } from '@sallygate/base/log'
import type { ServiceStatus } from '@sallygate/service-instance/contract'
import {
  parseSettings,
  ServiceLife,
  type AnyService,
  type Contract,
  type OperationContext,
} from '@sallygate/service-kit'
import { serviceFailure } from '@sallygate/service-kit'
import { connectorFailure } from './failures.ts'
import type { Locate } from './locate.ts'
import type { SettingsVault } from './settings-vault.ts'
import type { FindTarget } from './target.ts'

export interface ServiceHostOptions {
  readonly services: readonly AnyService[]
  readonly vault: SettingsVault
  readonly target: FindTarget
  readonly locate: Locate
  readonly clock: Clock
  readonly log: Log
}

interface Slot {
  readonly service: AnyService
  readonly contract: Contract
  life: ServiceLife
  /** Changes come one after the other, so that none stops what another has just started. */
  changes: Promise<unknown>
  generation: number
  /** Of the settings that were applied last: the console sends them again after every hello. */
  digest: string
  /** Stored settings that could not be read at the start. */
  unreadable: Failure | undefined
}

export interface Configured {
  /** False: a newer generation is in force, and nothing was changed. */
  readonly applied: boolean
  readonly status: ServiceStatus
}

export class ConnectorServices {
  readonly #options: ServiceHostOptions
  readonly #slots: ReadonlyMap<string, Slot>

  constructor(options: ServiceHostOptions) {
    this.#options = options
    const slots = options.services.map((service): [string, Slot] => {
      const contract = service.contract as Contract
      return [
        contract.name,
        {
          service,
          contract,
          life: this.#newLife(service),
          changes: Promise.resolve(),
          generation: 0,
          digest: '',
          unreadable: undefined,
        },
      ]
    })
    this.#slots = new Map(slots)
    if (this.#slots.size !== slots.length) throw new Error('two services share a name')
  }

  /** Starts what was configured before, from the sealed settings; what runs already is started anew. */
  async start(): Promise<void> {
    await Promise.all([...this.#slots.values()].map((slot) => inTurn(slot, () => this.#startStored(slot))))
  }

  statuses(): readonly ServiceStatus[] {
    return [...this.#slots.values()].map((slot) => statusOf(slot))
  }

  life(service: string): ServiceLife | undefined {
    return this.#slots.get(service)?.life
  }

  /**
   * Applies settings of a generation; `null` turns the service off. They are on the disk before they are in force.
   *
   * @throws SERVICE_UNKNOWN_OPERATION, SERVICE_SETTINGS_INVALID, CONNECTOR_SETTINGS_REFUSED, FILE_*; then the last good ones run on.
   */
  async configure(service: string, settings: unknown, generation: number): Promise<Configured> {
    const slot = this.#slots.get(service)
    if (slot === undefined) throw serviceFailure('UNKNOWN_OPERATION', { details: { service: service.slice(0, 40) } })
    return await inTurn(slot, async () => {
      if (generation < slot.generation) return { applied: false, status: statusOf(slot) }
      const digest = digestOf(settings)
      const isInForce = generation === slot.generation && digest === slot.digest && !isFailed(slot.life)
      if (isInForce) return { applied: true, status: statusOf(slot) }
      if (settings === null) {
        this.#options.vault.write(service, { generation, settings: null })
        await slot.life.stop()
      } else {
        await this.#replace(slot, settings, generation)
      }
      slot.generation = generation
      slot.digest = digest
      slot.unreadable = undefined
      return { applied: true, status: statusOf(slot) }
    })
  }

  /** The service's own check, with what is configured. */
  async check(service: string, context: OperationContext) {
    const slot = this.#slots.get(service)
    if (slot === undefined) throw serviceFailure('UNKNOWN_OPERATION', { details: { service: service.slice(0, 40) } })
    return await slot.life.check(context)
  }

  names(): readonly string[] {
    return [...this.#slots.keys()]
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#slots.values()].map((slot) => slot.life.stop()))
  }

  async #replace(slot: Slot, settings: unknown, generation: number): Promise<void> {
    const { vault, log } = this.#options
    const { contract } = slot
    parseSettings(contract, settings)
    const trial = this.#newLife(slot.service)
    try {
      const state = await trial.configure(settings)
      const isGood = state.kind === 'healthy' || state.kind === 'degraded'
      if (!isGood && isRunning(slot.life)) {
        const because = state.kind === 'failed' ? { because: state.code, reason: state.reason.slice(0, 300) } : {}
        throw connectorFailure('SETTINGS_REFUSED', { details: { service: contract.name, ...because } })
      }
      vault.write(contract.name, { generation, settings: settings as Record<string, unknown> })
    } catch (error) {
      await trial.stop()
      throw error
    }
    const previous = slot.life
    slot.life = trial
    await previous.stop()
    log.info('service has new settings', { service: contract.name, generation, state: trial.state().kind })
  }

  async #startStored(slot: Slot): Promise<void> {
    const { vault, log } = this.#options
    const { name } = slot.contract
    try {
      const stored = vault.read(name)
      if (stored === undefined) return
      slot.generation = stored.generation
      slot.digest = digestOf(stored.settings)
      if (stored.settings !== null) await slot.life.configure(stored.settings)
    } catch (error) {
      log.error('stored settings unreadable', { service: name, error })
      slot.unreadable = error instanceof Failure ? error : connectorFailure('SETTINGS_UNREADABLE', { cause: error })
    }
  }

  #newLife(service: AnyService): ServiceLife {
    const { clock, log, target, locate } = this.#options
    const { name } = service.contract as Contract
    return new ServiceLife(service, {
      clock,
      log: log.with({ service: name }),
      target: (host, port) => target(name, host, port),
      locate,
    })
  }
}

function inTurn<T>(slot: Slot, change: () => Promise<T>): Promise<T> {
  const turn = slot.changes.then(change)
  slot.changes = turn.catch(() => undefined)
  return turn
}

const digestOf = (settings: unknown) => toHex(sha256(encodeJson(settings)))
const isFailed = (life: ServiceLife) => life.state().kind === 'failed'
const isRunning = (life: ServiceLife) => ['healthy', 'degraded'].includes(life.state().kind)

function statusOf({ contract, life, generation, unreadable }: Slot): ServiceStatus {
  const { name: service, version: contractVersion, abilities } = contract
  const state: ServiceStatus['state'] =
    unreadable === undefined
      ? bounded(life.state())
      : { kind: 'failed', code: unreadable.code, reason: unreadable.says, fix: unreadable.fix }
  return { service, contractVersion, abilities: [...abilities], generation, state }
}

/** A server's own words can be long. */
function bounded(state: ReturnType<ServiceLife['state']>): ServiceStatus['state'] {
  if (!('reason' in state)) return { kind: state.kind }
  const { kind, code, reason, fix } = state
  return { kind, code: code.slice(0, 100), reason: reason.slice(0, 1000), fix: fix.slice(0, 1000) }
}
