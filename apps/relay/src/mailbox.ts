/**
 * A mailbox: what waits for one peer, bounded in messages and in bytes.
 *
 * The newest is refused when it is full; the sender is told and can go elsewhere. What
 * has waited past its time is handed back unread.
 *
 * @module
 */

export interface Letter<Sender> {
  readonly frame: Buffer
  readonly sender: Sender
  readonly dueMs: number
}

/** Bytes that wait anywhere in this relay, against one bound. */
export class WaitingRoom {
  readonly #bound: number
  #bytes = 0
  constructor(bound: number) {
    this.#bound = bound
  }
  get bytes(): number {
    return this.#bytes
  }
  hasRoom(bytes: number): boolean {
    return this.#bytes + bytes <= this.#bound
  }
  add(bytes: number): void {
    this.#bytes += bytes
  }
}

export interface MailboxBounds {
  readonly messages: number
  readonly bytes: number
}

export class Mailbox<Sender> {
  readonly #bounds: MailboxBounds
  readonly #room: WaitingRoom
  #letters: Letter<Sender>[] = []
  #bytes = 0

  constructor(bounds: MailboxBounds, room: WaitingRoom) {
    this.#bounds = bounds
    this.#room = room
  }

  get length(): number {
    return this.#letters.length
  }

  /** Keeps a copy: a received frame is a view of a network buffer that may be sixty times its size. */
  put(frame: Buffer, sender: Sender, dueMs: number): 'kept' | 'busy' | 'memoryFull' {
    if (this.#letters.length >= this.#bounds.messages) return 'busy'
    if (this.#bytes + frame.length > this.#bounds.bytes) return 'busy'
    if (!this.#room.hasRoom(frame.length)) return 'memoryFull'
    this.#letters.push({ frame: Buffer.from(frame), sender, dueMs })
    this.#count(frame.length)
    return 'kept'
  }

  take(): Letter<Sender> | undefined {
    const letter = this.#letters.shift()
    if (letter !== undefined) this.#count(-letter.frame.length)
    return letter
  }

  /** Removes and returns what is overdue. */
  takeExpired(nowMs: number): readonly Letter<Sender>[] {
    if (!this.#letters.some((letter) => letter.dueMs <= nowMs)) return []
    const { expired = [], waiting = [] } = Object.groupBy(this.#letters, (letter) =>
      letter.dueMs <= nowMs ? 'expired' : 'waiting',
    )
    this.#letters = waiting
    for (const { frame } of expired) this.#count(-frame.length)
    return expired
  }

  takeAll(): readonly Letter<Sender>[] {
    const all = this.#letters
    this.#letters = []
    this.#count(-this.#bytes)
    return all
  }

  #count(bytes: number): void {
    this.#bytes += bytes
    this.#room.add(bytes)
  }
}
