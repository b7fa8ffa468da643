/**
 * Puts a pushed admission list together from its parts.
 *
 * Parts come in order on one attachment; anything else starts over, and says so.
 *
 * @module
 */
import { limits, type FrameNamed } from '@sallygate/hop'

export class Parts {
  #number = -1
  #parts: Uint8Array[] = []
  #bytes = 0

  /** @returns The whole list after the last part, `malformed` for a part that does not fit. */
  add(frame: FrameNamed<'admit'>): Buffer | 'malformed' | 'more' {
    if (frame.part === 0) this.#start(frame.number)
    const fits = frame.number === this.#number && frame.part === this.#parts.length && frame.part < frame.parts
    this.#bytes += frame.bytes.length
    if (!fits || this.#bytes > limits.admissionBytes + 1024) {
      this.#start(-1)
      return 'malformed'
    }
    // A copy: the part is a view of a network buffer that the next frames overwrite nothing of, but pin.
    this.#parts.push(Buffer.from(frame.bytes))
    if (frame.part + 1 < frame.parts) return 'more'
    const whole = Buffer.concat(this.#parts)
    this.#start(-1)
    return whole
  }

  #start(number: number): void {
    this.#number = number
    this.#parts = []
    this.#bytes = 0
  }
}
