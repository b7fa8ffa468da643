/**
 * The enrollment desk: a device with a code becomes one of the group's, with the key that it made for itself.
 *
 * The code is used up in the transaction that writes the device, so a code for one device
 * brings in one. Where the code asks who is there, the group's directory is asked first,
 * through a connector; a directory that cannot be asked has not said yes.
 *
 * @module
 */
import { fromBase64Url, type Bytes } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import { matchDevice, plainText, readFacts, readIdentifiers, restate } from '@sallygate/domain'
import type { DeviceEnrollmentCode, Store, StoredDevice } from '@sallygate/store'
import type { z } from 'zod'
import type { DirectoryVerifier } from '../admins/directory-verifier.ts'
import { enrollmentLabel, isSignedBy, signedText } from '../check-in/statement.ts'
import { enrollmentStatement, readStatement } from '../check-in/statement-schema.ts'
import type { DeviceBook } from '../devices/device-book.ts'
import { DeviceWriter } from '../devices/device-writer.ts'
import { deviceFailure } from '../devices/failures.ts'
import { candidateOf } from '../devices/report-ground.ts'
import type { RuleBook } from '../devices/rule-book.ts'
import type { Events } from '../events/events.ts'
import type { Throttle } from '../http/throttle.ts'
import { readCode } from './code-text.ts'

export interface EnrollmentRequest {
  readonly code: string
  readonly key: string
  readonly statement: string
  readonly signature: string
  readonly login?: { readonly user: string; readonly password: string } | undefined
}

export interface EnrollmentDeskParts {
  readonly store: Store
  readonly clock: Clock
  readonly rules: RuleBook
  readonly book: DeviceBook
  readonly throttle: Throttle
  readonly directory: DirectoryVerifier
  readonly events: () => Pick<Events, 'raise'>
}

/** The source under which a hub agent reports. */
export const hubSource = 'hub'

/** An address that tries again and again is told of once in ten minutes. */
const tellAgainMs = 600_000
const mostTold = 1000

export class DeviceEnrollmentDesk {
  readonly #parts: EnrollmentDeskParts
  readonly #told = new Map<string, number>()

  constructor(parts: EnrollmentDeskParts) {
    this.#parts = parts
  }

  /**
   * @throws DEVICE_CODE_REFUSED, DEVICE_LOGIN_NEEDED, DEVICE_STATEMENT_UNUSABLE, CONSOLE_TOO_MANY_ATTEMPTS,
   *   CONSOLE_COULD_NOT_VERIFY.
   */
  async enroll(request: EnrollmentRequest, source: string): Promise<StoredDevice> {
    try {
      return await this.#enroll(request, source)
    } catch (error) {
      // Nobody guesses 130 bits, so wrong codes cost nobody behind the same address anything; they are told of.
      if (deviceFailure.is(error) && error.code !== 'DEVICE_STATEMENT_UNUSABLE') this.#tell(source, error.code)
      throw error
    }
  }

  #tell(source: string, code: string): void {
    const { clock, events } = this.#parts
    const nowMs = clock.monotonicMs()
    if (nowMs - (this.#told.get(source) ?? -tellAgainMs) < tellAgainMs) return
    if (this.#told.size >= mostTold) this.#told.clear()
    this.#told.set(source, nowMs)
    events().raise('deviceEnrollmentRefused', { about: source, details: { code } })
  }

  async #enroll({ code, key, statement, signature, login }: EnrollmentRequest, source: string): Promise<StoredDevice> {
    const secret = readCode(code)
    const known = secret && (await this.#parts.store.deviceEnrollmentCodes.look(secret))
    if (known === undefined) throw deviceFailure('CODE_REFUSED')
    const publicKey = bytesOf(key)
    const said = signedText(enrollmentLabel, [], statement)
    if (!isSignedBy(publicKey, said, bytesOf(signature)))
      throw deviceFailure('STATEMENT_UNUSABLE', { details: { expected: 'a signature' } })
    const read = readStatement(enrollmentStatement, statement)
    const user = known.needsLogin ? await this.#loggedIn(login, known, source) : undefined
    return this.#write(known, publicKey, read, user)
  }

  async #loggedIn(login: EnrollmentRequest['login'], { group }: DeviceEnrollmentCode, source: string): Promise<string> {
    const { directory, throttle } = this.#parts
    if (login === undefined) throw deviceFailure('LOGIN_NEEDED')
    const user = plainText(login.user, 256)
    const account = `device login ${user.toLowerCase()}`
    throttle.check(account, source)
    const { isRight } = await directory.verify(user, new Secret(login.password), group)
    if (isRight) {
      throttle.succeeded(account, source)
      return user
    }
    throttle.failed(account, source)
    throw deviceFailure('LOGIN_NEEDED')
  }

  async #write(
    code: DeviceEnrollmentCode,
    publicKey: Bytes,
    read: z.output<typeof enrollmentStatement>,
    user: string | undefined,
  ): Promise<StoredDevice> {
    const { store, clock, rules, book } = this.#parts
    await rules.refresh()
    const current = await rules.current()
    const nowMs = clock.now().getTime()
    const { macs, ...names } = readIdentifiers(read.identifiers)
    const identifiers = { ...names, macs: read.identifiers.macs === undefined ? undefined : macs }
    const facts = { ...readFacts(read.facts), ...(user === undefined ? {} : { userName: { value: user } }) }
    const report = { source: hubSource, atMs: Math.min(read.atMs ?? nowMs, nowMs), identifiers, facts }
    return store.transaction(async (inside) => {
      await inside.devices.hold()
      if (!(await inside.deviceEnrollmentCodes.use(code.id))) throw deviceFailure('CODE_REFUSED')
      const scope = current.within(code.group)
      const candidates = (await inside.devices.sharing({ ...names, macs }, undefined)).filter((one) =>
        scope.has(one.group),
      )
      const ignoredMacs = current.of(code.group)?.ignoredMacs ?? new Set<string>()
      const options = { hasSourceId: true, ignoredMacs }
      const match = matchDevice(
        { ...names, macs },
        candidates.map((one) => candidateOf(one, undefined)),
        options,
      )
      const matched = candidates.find(({ id }) => id === match.device)
      const before = await ownedBy(inside, matched)
      const writer = new DeviceWriter(clock, inside, current)
      const old = before?.statements.find((one) => one.source === hubSource)
      const statements = [...(before?.statements ?? []).filter((one) => one !== old), restate(old, report)]
      const history = [
        { kind: 'enrolled', details: { code: code.label || code.id, ...(user === undefined ? {} : { user }) } },
      ]
      const device = await book.enrolled(writer, before, { group: code.group, statements }, history)
      await inside.deviceCredentials.set(device.id, publicKey, user)
      return device
    })
  }
}

/**
 * A code does not let its holder take over a device that another key speaks for: whoever learned a serial number
 * would be that device. Such a device is enrolled again after it was un-enrolled; until then this is another one.
 */
async function ownedBy(
  inside: Pick<Store, 'deviceCredentials'>,
  matched: StoredDevice | undefined,
): Promise<StoredDevice | undefined> {
  if (matched === undefined) return undefined
  return (await inside.deviceCredentials.find(matched.id)) === undefined ? matched : undefined
}

function bytesOf(text: string): Buffer {
  try {
    return fromBase64Url(text)
  } catch (cause) {
    throw deviceFailure('STATEMENT_UNUSABLE', { cause, details: { expected: 'base64url' } })
  }
}
