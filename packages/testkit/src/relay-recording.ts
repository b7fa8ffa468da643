/**
 * Everything a relay saw, for asking afterwards what it could have learned.
 *
 * @module
 */
import type { Address } from '@sallygate/hop'

export interface RecordedMessage {
  readonly atMs: number
  /** Seen from the relay. */
  readonly direction: 'in' | 'out'
  /** Who is at the other end; absent before the proof. */
  readonly peer?: Address
  /** Which connection, counted from 1. */
  readonly connection: number
  /** One frame, or the HTTP request that opened the connection. */
  readonly bytes: Buffer
}

export class RelayRecording {
  readonly messages: RecordedMessage[] = []

  add(message: RecordedMessage): void {
    this.messages.push({ ...message, bytes: Buffer.from(message.bytes) })
  }

  /** What one connection sent, in order: a session to replay. */
  received(connection: number): readonly Buffer[] {
    return this.messages.filter((m) => m.direction === 'in' && m.connection === connection).map((m) => m.bytes)
  }

  get bytes(): number {
    return this.messages.reduce((sum, message) => sum + message.bytes.length, 0)
  }

  /**
   * Where a marker shows, in any of the forms a careless program would leave it in.
   *
   * @returns The forms that were found, with the message they were found in; empty is what a test hopes for.
   */
  find(marker: string): readonly { readonly form: string; readonly message: RecordedMessage }[] {
    const forms = spellings(marker)
    return this.messages.flatMap((message) =>
      forms.filter(({ bytes }) => message.bytes.includes(bytes)).map(({ form }) => ({ form, message })),
    )
  }
}

function spellings(marker: string): readonly { readonly form: string; readonly bytes: Buffer }[] {
  const plain = Buffer.from(marker, 'utf8')
  const hex = plain.toString('hex')
  return [
    { form: 'utf8', bytes: plain },
    { form: 'utf16', bytes: Buffer.from(marker, 'utf16le') },
    { form: 'hex', bytes: Buffer.from(hex) },
    { form: 'HEX', bytes: Buffer.from(hex.toUpperCase()) },
    { form: 'percent', bytes: Buffer.from(encodeURIComponent(marker)) },
    { form: 'reversed', bytes: Buffer.from(plain).reverse() },
    ...[0, 1, 2].flatMap((shift) => base64At(plain, shift)),
  ]
}

/** Base64 of the marker when it stands `shift` bytes into a group of three: the characters that do not depend on its neighbours. */
function base64At(plain: Buffer, shift: number): readonly { form: string; bytes: Buffer }[] {
  const padded = Buffer.concat([Buffer.alloc(shift), plain])
  const first = Math.ceil((shift * 8) / 6)
  const last = Math.floor((padded.length * 8) / 6)
  return (['base64', 'base64url'] as const).map((form) => ({
    form,
    bytes: Buffer.from(padded.toString(form).slice(first, last)),
  }))
}
