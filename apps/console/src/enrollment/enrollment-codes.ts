/**
 * Enrollment codes: shown once, used once.
 *
 * @module
 */
import { toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import type { OrganizationGroup, Store } from '@sallygate/store'
import { codeId, formatEnrollmentCode, makeEnrollmentCode } from '@sallygate/trust'
import type { Installation } from '../certificates/installation.ts'

export class EnrollmentCodeBook {
  readonly #store: Store
  readonly #clock: Clock
  readonly #installation: Installation

  constructor(store: Store, clock: Clock, installation: Installation) {
    this.#store = store
    this.#clock = clock
    this.#installation = installation
  }

  /** @param name What the connector will be called; empty leaves it to the connector. */
  async make(
    group: OrganizationGroup,
    name: string,
    validMinutes: number,
    isDirect = false,
  ): Promise<{ code: Secret; expiresAt: Date }> {
    const code = makeEnrollmentCode(this.#installation.root)
    const expiresAt = new Date(this.#clock.now().getTime() + validMinutes * 60_000)
    const id = toHex(codeId(code))
    await this.#store.transaction(async (inside) => {
      await inside.enrollmentCodes.add({
        codeId: id,
        group: group.id,
        secret: new Secret(code.secret),
        name,
        expiresAt,
      })
      if (isDirect) await inside.placements.setDirect(id)
    })
    return { code: new Secret(formatEnrollmentCode(code)), expiresAt }
  }
}
