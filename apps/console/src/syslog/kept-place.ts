/**
 * The place of a target in the stream, as it is on the disk, with what is counted of it.
 *
 * @module
 */
import type { Log } from '@sallygate/base/log'
import type { Store, SyslogPosition, SyslogTargetRow } from '@sallygate/store'

export class KeptPlace {
  readonly #targets: Pick<Store['syslogTargets'], 'writePosition'>
  readonly #row: Pick<SyslogTargetRow, 'id' | 'name'>
  readonly #log: Log
  #position: number
  #isKept = true

  constructor(
    targets: Pick<Store['syslogTargets'], 'writePosition'>,
    row: Pick<SyslogTargetRow, 'id' | 'name'>,
    log: Log,
    position: number,
  ) {
    this.#targets = targets
    this.#row = row
    this.#log = log
    this.#position = position
  }

  /** Whether what was to be written last is written. */
  get isKept(): boolean {
    return this.#isKept
  }

  /** How far the disk is behind. */
  behind(position: number): number {
    return position - this.#position
  }

  /**
   * Where it cannot be written, what is certain is certain all the same: nothing is sent again for it, unless the
   * console is killed before the disk has room.
   */
  async keep(place: SyslogPosition): Promise<void> {
    try {
      await this.#targets.writePosition(this.#row.id, place)
      this.#position = place.position
      this.#isKept = true
    } catch (error) {
      if (this.#isKept) this.#log.warn('syslog place not kept', { target: this.#row.name, error })
      this.#isKept = false
    }
  }
}
