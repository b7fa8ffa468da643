/**
 * A device agent, as little of it as a page needs to show a device: it enrolls and checks in with a signed statement.
 *
 * @module
 */
import { generateKeyPairSync, sign } from 'node:crypto'
import type { System } from '../system.ts'

export interface Agent {
  readonly device: string
  /** What it is asked to do, as the console names it. */
  checkIn(): Promise<readonly { readonly id: string; readonly kind: string }[]>
  /** Says that it did what it was asked. */
  done(command: string): Promise<void>
}

export interface Told {
  readonly identifiers: Readonly<Record<string, string | readonly string[]>>
  /** `null`: it cannot tell. */
  readonly facts: Readonly<Record<string, boolean | string | null>>
}

export async function enrollAgent(system: System, group: string, told: Told): Promise<Agent> {
  const { privateKey, publicKey } = generateKeyPairSync('ed25519')
  const signed = (lines: readonly string[]) =>
    sign(null, Buffer.from(lines.join('\n'), 'utf8'), privateKey).toString('base64url')
  const facts = Object.fromEntries(
    Object.entries(told.facts).map(([name, value]) => [name, value === null ? { unknown: true } : { value }]),
  )
  const observed = { identifiers: told.identifiers, facts }
  const made = await system.api<{ code: string }>('POST', `/api/groups/${group}/device-enrollment-codes`, {
    label: 'e2e',
  })
  const statement = JSON.stringify(observed)
  const { code } = made.body
  const enrolled = await system.api<{ device: string }>('POST', '/api/device-enrollment', {
    code,
    key: publicKey.export({ type: 'spki', format: 'der' }).subarray(-32).toString('base64url'),
    statement,
    signature: signed(['sallygate device enrollment 1', statement]),
  })
  if (enrolled.status !== 201) throw new Error(`not enrolled: ${JSON.stringify(enrolled.body)}`)
  const { device } = enrolled.body
  let sequence = Date.now()
  const say = async (results: readonly object[]) => {
    const text = JSON.stringify({ ...observed, results })
    const { body } = await system.api<{ commands: readonly { id: string; kind: string }[] }>('POST', '/api/check-in', {
      device,
      sequence: ++sequence,
      statement: text,
      signature: signed(['sallygate device check-in 1', device, String(sequence), text]),
    })
    return body.commands
  }
  return {
    device,
    checkIn: () => say([]),
    done: async (command) => {
      await say([{ command, outcome: 'done', says: 'It was done.' }])
    },
  }
}
