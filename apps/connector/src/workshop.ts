/**
 * The workshop: policy, journal, services and the dispatcher over them. No network of its own.
 *
 * What runs here does not know whether a relay exists; it is handed admitted requests.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { decodeJson } from '@sallygate/base/json'
import type { Log } from '@sallygate/base/log'
import { MAX_PARAMETERS, type GenerationFloor, type RequestStatement } from '@sallygate/envelope'
import { instanceContract } from '@sallygate/service-instance/contract'
import {
  operationTable,
  ServiceLife,
  type AnyService,
  type CheckRow,
  type OperationTable,
} from '@sallygate/service-kit'
import { Dispatcher } from './dispatcher.ts'
import type { Home } from './home.ts'
import type { Identity } from './identity.ts'
import { InFlight } from './in-flight.ts'
import { instanceService } from './instance-service.ts'
import { journalFile } from './journal-disk.ts'
import { Journal } from './journal.ts'
import { systemLocate } from './locate.ts'
import { watchPolicyFile, type PolicyChange, type PolicyFile } from './policy-file.ts'
import { OwnSettings } from './own-settings.ts'
import { startRateLimits } from './rate-limits.ts'
import { objectOf, Repetition } from './repetition.ts'
import { sealerOf } from './sealed-file.ts'
import { ConnectorServices } from './service-host.ts'
import { settingsVault } from './settings-vault.ts'
import { targetFinder, type OwnRelay, type Resolve } from './target.ts'

export interface WorkshopOptions {
  readonly home: Home
  readonly identity: Identity
  readonly services: readonly AnyService[]
  readonly relay: OwnRelay
  readonly resolve: Resolve
  readonly policyPollEveryMs: number
  readonly maxInFlight: number
  readonly maxPerService: number
  readonly checkSelf: () => Promise<readonly CheckRow[]>
  readonly onPolicyChange: (change: PolicyChange) => void
  /** The console names another address of the relay. */
  readonly moveTo: (relayUrl: string) => Promise<void>
  readonly clock: Clock
  readonly log: Log
}

export interface Workshop {
  readonly table: OperationTable
  readonly dispatcher: Dispatcher
  readonly services: ConnectorServices
  readonly own: OwnSettings
  readonly policy: PolicyFile
  readonly journal: Journal
  readonly inFlight: InFlight
  readonly generations: GenerationFloor
  /** Operations this connector would carry out, as policy stands. */
  abilities(): readonly string[]
  stop(): Promise<void>
}

export async function openWorkshop(options: WorkshopOptions): Promise<Workshop> {
  const { home, identity, clock, log, relay, resolve, onPolicyChange } = options
  const contracts = options.services.map((service) => service.contract as typeof instanceContract)
  const table = operationTable([instanceContract, ...contracts])
  const sealer = sealerOf(identity.privateKey)
  const watched = { contracts, clock, log, pollEveryMs: options.policyPollEveryMs }
  const policy = watchPolicyFile(home.policy, {
    ...watched,
    onChange(change) {
      // A connection that was allowed when it was made may not be allowed now.
      void services.start()
      onPolicyChange(change)
    },
  })
  const journal = new Journal(journalFile(home.journal), clock, log)
  const target = targetFinder({ policy: () => policy.current(), resolve, relay })
  const vault = settingsVault(home, sealer)
  const services = new ConnectorServices({
    services: options.services,
    vault,
    target,
    locate: systemLocate,
    clock,
    log,
  })
  const own = new OwnSettings({ vault, moveTo: options.moveTo, log })
  const inFlight = new InFlight(options)
  const view = {
    services,
    own,
    table,
    startedAt: clock.now(),
    inFlight: () => inFlight.total,
    policyDigest: () => policy.digest(),
    check: options.checkSelf,
  }
  const noTarget = () => Promise.reject(new Error('the instance service connects nowhere'))
  const self = new ServiceLife(instanceService(view), { clock, log, target: noTarget, locate: noTarget })
  await journal.open()
  await self.configure({})
  await services.start()
  const life = (service: string) => (service === instanceContract.name ? self : services.life(service))
  const repetition = new Repetition(journal, sealer)
  const rates = startRateLimits(clock)
  const dispatcher = new Dispatcher({
    table,
    life,
    policy: () => policy.current(),
    rates,
    own,
    inFlight,
    repetition,
    clock,
    log,
  })
  return {
    table,
    dispatcher,
    services,
    own,
    policy,
    journal,
    inFlight,
    generations: generationFloor(journal),
    abilities: () =>
      table.rows.filter(({ contract, key, of = key }) => isAllowed(policy, contract.name, of)).map(({ name }) => name),
    async stop() {
      policy.stop()
      await Promise.all([services.stop(), self.stop()])
      await journal.close()
    },
  }
}

function isAllowed(policy: PolicyFile, service: string, operation: string): boolean {
  if (service === instanceContract.name) return true
  if (policy.failure() !== undefined) return false
  return policy.current().services.get(service)?.operations.has(operation) === true
}

/** What a gate compares generations with: the journal, and what it has admitted since. */
function generationFloor(journal: Journal): GenerationFloor {
  const admitted = new Map<string, number>()
  return {
    last: (object) => Math.max(admitted.get(object) ?? 0, journal.generations(object).floor),
    raise: (object, generation) => void admitted.set(object, generation),
  }
}

/** The object of a verified request, for the gate. Parameters no contract accepts have none of their own. */
export function objectOfRequest(request: RequestStatement): string {
  try {
    return objectOf(request, decodeJson(request.parameters, { maxBytes: MAX_PARAMETERS }))
  } catch {
    return request.operation
  }
}
