/**
 * The command book: what devices are asked to do, by whom, and what came of it.
 *
 * A command waits for the next check-in of the device and is sent with each until it is
 * acknowledged. Wipes are slowed per caller: for a program, the edit right of its role is
 * the consent, and a key that leaked must not clear an installation in a second.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { plainText, type CommandKind, type DeviceCommand } from '@sallygate/domain'
import type { Repositories, Store, StoredDevice } from '@sallygate/store'
import type { DeviceBook } from '../devices/device-book.ts'
import { deviceFailure } from '../devices/failures.ts'
import { isRegistered } from '../devices/nac-record.ts'
import type { CommandPort, CommandRequest } from '../devices/ports.ts'
import type { RuleBook } from '../devices/rule-book.ts'
import type { Events } from '../events/events.ts'

const dayMs = 86_400_000
/** How long it is worth doing. A lost laptop may be found after weeks. */
const worthMs: Readonly<Record<CommandKind, number>> = {
  lock: 30 * dayMs,
  message: 3 * dayMs,
  enterpriseWipe: 90 * dayMs,
  fullWipe: 90 * dayMs,
  report: dayMs,
}

const wipes: readonly CommandKind[] = ['enterpriseWipe', 'fullWipe']
const mostWipesPerMinute = 5
const mostWaiting = 50

export interface CommandBookParts {
  readonly store: Store
  readonly clock: Clock
  readonly rules: RuleBook
  readonly book: DeviceBook
  readonly events: () => Pick<Events, 'raise'>
}

export class CommandBook implements CommandPort {
  readonly #parts: CommandBookParts

  constructor(parts: CommandBookParts) {
    this.#parts = parts
  }

  async request(request: CommandRequest): Promise<{ readonly command: DeviceCommand; readonly isNew: boolean }> {
    const { store, rules } = this.#parts
    const current = await rules.current()
    const outcome = await store.transaction(async (inside) => {
      await inside.devices.hold()
      const device = await inside.devices.find(request.device)
      if (device === undefined || device.state === 'deleted') throw deviceFailure('NOT_FOUND')
      const known = await knownAlready(inside, request)
      if (known !== undefined) return { device, command: known, isNew: false }
      await this.#requireAllowed(inside, device, request, current.of(device.group)?.settings.allowFullWipe === true)
      const { kind, text, dedupKey } = request
      const command = await inside.deviceCommands.add({
        device: device.id,
        kind,
        text: text && { title: plainText(text.title, 200), body: plainText(text.body, 2000) },
        by: plainText(request.by, 200),
        note: request.note === undefined ? undefined : plainText(request.note, 500),
        dedupKey: dedupKey?.slice(0, 200),
        expiresAt: new Date(this.#nowMs + worthMs[kind]),
      })
      const details = { command: command.id, kind, by: command.by }
      await inside.deviceHistory.add(device.id, [{ kind: 'commandRequested', details }])
      return { device, command, isNew: true }
    })
    if (outcome.isNew && wipes.includes(request.kind)) await this.#wipeAsked(outcome)
    return { command: outcome.command, isNew: outcome.isNew }
  }

  /** What the device has to do, and is now told. */
  async take(device: string): Promise<readonly DeviceCommand[]> {
    const { deviceCommands } = this.#parts.store
    const waiting = (await deviceCommands.waiting(device)).slice(0, 20)
    await deviceCommands.sent(waiting.filter(({ state }) => state === 'queued').map(({ id }) => id))
    return waiting
  }

  /** What the device says of a command. Of one that is none of its, or ended, nothing. */
  async acknowledge(device: string, id: string, outcome: 'done' | 'failed', says: string): Promise<void> {
    const { store, book, events } = this.#parts
    const result = plainText(says, 500)
    const command = await store.deviceCommands.find(id)
    if (command === undefined || command.device !== device || !isWaiting(command)) return
    const { kind } = command
    if (outcome === 'done' && wipes.includes(kind)) {
      await book.wiped(device, command, result)
      return
    }
    await store.deviceCommands.end(device, id, outcome, result)
    await store.deviceHistory.add(device, [{ kind: 'commandEnded', details: { command: id, kind, outcome, result } }])
    if (outcome === 'failed') {
      const { name, group } = await book.get(device)
      events().raise('deviceCommandFailed', { about: name, group, details: { device, kind, result } })
    }
    if (wipes.includes(kind)) await this.#perhapsNoWipe(device)
  }

  /** @throws DEVICE_COMMAND_NOT_WAITING. */
  async cancel(device: string, id: string, by: string): Promise<DeviceCommand> {
    const command = await this.#parts.store.deviceCommands.end(device, id, 'cancelled', `cancelled by ${by}`)
    if (command === undefined) throw deviceFailure('COMMAND_NOT_WAITING')
    if (wipes.includes(command.kind)) await this.#perhapsNoWipe(device)
    return command
  }

  async expire(): Promise<void> {
    for (const { device, kind } of await this.#parts.store.deviceCommands.expire(200)) {
      if (wipes.includes(kind)) await this.#perhapsNoWipe(device)
    }
  }

  get #nowMs(): number {
    return this.#parts.clock.now().getTime()
  }

  async #requireAllowed(
    inside: Pick<Repositories, 'deviceCommands' | 'deviceCredentials'>,
    device: StoredDevice,
    { kind, by }: CommandRequest,
    allowsFullWipe: boolean,
  ): Promise<void> {
    if (!isRegistered(device)) throw deviceFailure('NOT_ENROLLED')
    if ((await inside.deviceCredentials.find(device.id)) === undefined) throw deviceFailure('HAS_NO_AGENT')
    if (kind === 'fullWipe' && !allowsFullWipe) throw deviceFailure('FULL_WIPE_OFF')
    const recent = wipes.includes(kind)
      ? await inside.deviceCommands.countSince(wipes, plainText(by, 200), this.#nowMs - 60_000)
      : 0
    const waiting = await inside.deviceCommands.waiting(device.id)
    if (recent >= mostWipesPerMinute || waiting.length >= mostWaiting)
      throw deviceFailure('TOO_MANY_COMMANDS', { details: { retryAfterMs: 60_000 } })
  }

  async #wipeAsked({ device, command }: { readonly device: StoredDevice; readonly command: DeviceCommand }) {
    await this.#parts.book.wipePending(device.id, true)
    const { kind, by } = command
    const details = { device: device.id, kind, by }
    this.#parts.events().raise('deviceWipeAsked', { about: device.name, group: device.group, details })
  }

  /** Unless another one waits. A device that is gone meanwhile needs nothing. */
  async #perhapsNoWipe(device: string): Promise<void> {
    const { store, book } = this.#parts
    const waiting = await store.deviceCommands.waiting(device)
    if (waiting.some(({ kind }) => wipes.includes(kind))) return
    await book.wipePending(device, false).catch((error: unknown) => {
      if (!deviceFailure.is(error)) throw error
    })
  }
}

const isWaiting = ({ state }: DeviceCommand) => state === 'queued' || state === 'sent'

/** Messages differ; a lock or a wipe that waits is the one that is asked for again. */
async function knownAlready(
  inside: Pick<Repositories, 'deviceCommands'>,
  { device, kind, dedupKey }: CommandRequest,
): Promise<DeviceCommand | undefined> {
  const known =
    dedupKey === undefined ? undefined : await inside.deviceCommands.byDedupKey(device, dedupKey.slice(0, 200))
  if (known !== undefined || kind === 'message') return known
  return (await inside.deviceCommands.waiting(device)).find((waiting) => waiting.kind === kind)
}
