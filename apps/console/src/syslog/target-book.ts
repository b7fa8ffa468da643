/**
 * The syslog targets of a group: added, changed, removed. Keys go in and never come out.
 *
 * @module
 */
import { isDeepStrictEqual } from 'node:util'
import { Failure } from '@sallygate/base/failure'
import type { Json } from '@sallygate/base/json'
import { Secret } from '@sallygate/base/secret'
import { parseTemplate } from '@sallygate/protocol-syslog'
import { movesTarget, templateNames, type SyslogTarget } from '@sallygate/service-syslog/contract'
import type { Store, SyslogTargetRow } from '@sallygate/store'
import { isInstallationWide, type Actor } from '../http/policy.ts'
import { logTargetFailure } from './failures.ts'
import { targetSettings, type TargetChange, type TargetSettings } from './schema.ts'

export const mostTargets = 20

export class TargetBook {
  readonly #store: Pick<Store, 'syslogTargets'>
  readonly #catchUp: () => Promise<void>
  readonly #onChange: () => void

  /** @param catchUp Takes in what has happened up to now, so that a new target begins after it. */
  constructor(store: Pick<Store, 'syslogTargets'>, catchUp: () => Promise<void>, onChange: () => void) {
    this.#store = store
    this.#catchUp = catchUp
    this.#onChange = onChange
  }

  list(group: string): Promise<readonly SyslogTargetRow[]> {
    return this.#store.syslogTargets.list(group)
  }

  /** @throws LOG_TARGET_NOT_FOUND. */
  async get(group: string, id: string): Promise<SyslogTargetRow> {
    const row = await this.#store.syslogTargets.find(group, id)
    if (row === undefined) throw logTargetFailure('NOT_FOUND')
    return row
  }

  /** @throws LOG_TARGET_*, STORE_NAME_INVALID. */
  async add(group: string, change: TargetChange, actor: Actor): Promise<SyslogTargetRow> {
    const { name, settings, clientKey } = change
    requireInstallation(actor, settings.withInstallation)
    requireTemplate(settings.target)
    if ((await this.list(group)).length >= mostTargets)
      throw logTargetFailure('TOO_MANY', { details: { most: mostTargets } })
    requireKey(settings.target, typeof clientKey === 'string')
    const secret = typeof clientKey === 'string' ? new Secret(clientKey) : undefined
    await this.#catchUp()
    const row = await this.#store.syslogTargets.add(group, { name, settings: plain(settings), secret })
    this.#onChange()
    return row
  }

  /**
   * A stored key stays only where the target stays, and is believed, as it was.
   *
   * @throws LOG_TARGET_*, STORE_NAME_INVALID.
   */
  async change(group: string, id: string, change: TargetChange, actor: Actor) {
    const { name, settings, clientKey } = change
    const row = await this.get(group, id)
    const before = targetSettings.parse(row.settings)
    requireInstallation(actor, before.withInstallation || settings.withInstallation)
    requireTemplate(settings.target)
    const isMoved = movesTarget.some((field) => !isDeepStrictEqual(before.target[field], settings.target[field]))
    const isErased = clientKey === null || (clientKey === undefined && isMoved)
    requireKey(settings.target, typeof clientKey === 'string' || (row.hasSecret && !isErased))
    const secret = typeof clientKey === 'string' ? new Secret(clientKey) : isErased ? null : undefined
    const changed = await this.#store.syslogTargets.set(group, id, { name, settings: plain(settings), secret })
    if (changed === undefined) throw logTargetFailure('NOT_FOUND')
    this.#onChange()
    return { row: changed, erased: row.hasSecret && secret === null ? ['clientKey'] : [] }
  }

  /** @throws LOG_TARGET_NOT_FOUND, LOG_TARGET_INSTALLATION. */
  async remove(group: string, id: string, actor: Actor): Promise<void> {
    const { withInstallation } = targetSettings.parse((await this.get(group, id)).settings)
    requireInstallation(actor, withInstallation)
    await this.#store.syslogTargets.remove(group, id)
    this.#onChange()
  }

  /** The key of its client certificate, for one call. @throws STORE_CANNOT_UNSEAL. */
  async clientKey({ group, id, hasSecret }: SyslogTargetRow): Promise<string | undefined> {
    return hasSecret ? (await this.#store.syslogTargets.openSecret(group, id))?.reveal() : undefined
  }
}

/** Whoever may change such a target could otherwise send what belongs to no group to a place of his own. */
function requireInstallation(actor: Actor, withInstallation: boolean): void {
  if (withInstallation && !isInstallationWide(actor)) throw logTargetFailure('INSTALLATION')
}

function requireKey({ clientCertificate, transport }: SyslogTarget, hasKey: boolean): void {
  if (transport === 'tls' && clientCertificate !== undefined && !hasKey) throw logTargetFailure('KEY_NEEDED')
}

/** What cannot be used is said when it is written down, not when the first event is to be sent. */
function requireTemplate({ format, template }: SyslogTarget): void {
  if (format !== 'template' || template === undefined) return
  try {
    parseTemplate(template, templateNames)
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    throw logTargetFailure('TEMPLATE', { cause, details: cause.details })
  }
}

/** Without members that are not set: JSON has no word for them. */
function plain(settings: TargetSettings): Readonly<Record<string, Json>> {
  return JSON.parse(JSON.stringify(settings)) as Readonly<Record<string, Json>>
}
