/**
 * A device agent in a few lines, as the public API describes one. Imported only from tests.
 *
 * @module
 */
import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto'
import { toBase64Url } from '@sallygate/base/bytes'
import type { Answer, ConsoleInTest } from './console-in-test.ts'
import { rootKey } from './console-in-test.ts'

type Asked = Pick<ConsoleInTest, 'ask'>

export interface SaidByAgent {
  readonly identifiers?: object
  readonly facts?: object
  readonly [member: string]: unknown
}

export class DeviceAgent {
  readonly #console: Asked
  readonly #privateKey: KeyObject
  readonly key: string
  device = ''
  sequence = 0

  constructor(console: Asked) {
    const { privateKey, publicKey } = generateKeyPairSync('ed25519')
    this.#console = console
    this.#privateKey = privateKey
    this.key = toBase64Url(publicKey.export({ format: 'der', type: 'spki' }).subarray(-32))
  }

  /** With a new code of the group, unless one is given. */
  async enroll(group: string, said: SaidByAgent = {}, more: object & { readonly code?: string } = {}): Promise<Answer> {
    const code = more.code ?? (await codeOf(this.#console, group))
    const statement = JSON.stringify({ identifiers: {}, facts: {}, ...said })
    const signature = this.#sign(['sallygate device enrollment 1', statement])
    const answer = await this.#console.ask('POST', '/api/device-enrollment', {
      body: { code, key: this.key, statement, signature, ...more },
    })
    if (answer.status === 201) this.device = String(answer.body['device'])
    return answer
  }

  /** What it would send, for whoever wants to send something else. */
  letter(said: SaidByAgent | string = {}) {
    const sequence = ++this.sequence
    const statement = typeof said === 'string' ? said : JSON.stringify({ identifiers: {}, facts: {}, ...said })
    const signature = this.#sign(['sallygate device check-in 1', this.device, String(sequence), statement])
    return { device: this.device, sequence, statement, signature }
  }

  checkIn(said: SaidByAgent = {}): Promise<Answer> {
    return this.#console.ask('POST', '/api/check-in', { body: this.letter(said) })
  }

  #sign(lines: readonly string[]): string {
    return toBase64Url(sign(null, Buffer.from(lines.join('\n'), 'utf8'), this.#privateKey))
  }
}

export async function codeOf(console: Asked, group: string, body: object = {}): Promise<string> {
  const answer = await console.ask('POST', `/api/groups/${group}/device-enrollment-codes`, { key: rootKey, body })
  return String(answer.body['code'])
}
