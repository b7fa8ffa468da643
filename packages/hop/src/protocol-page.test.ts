import { createPrivateKey, type webcrypto } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, test } from 'vitest'
import { addressLayout } from './address.ts'
import { admissionEntryLayout, admissionListLayout, signedAdmissionLayout } from './admission.ts'
import { frameTable, rosterEntryLayout } from './frames.ts'
import {
  encodeFrame,
  limits,
  pollBatchLayout,
  pollHelloLayout,
  pollWelcomeLayout,
  proofMessage,
  rawPublicKey,
  verifyProof,
  type FrameNamed,
  type Identity,
} from './index.ts'
import type { Kind, Kinds } from './kinds.ts'

const page = readFileSync(join(import.meta.dirname, '../../../docs/protocol/hop.md'), 'utf8')

/** The table a layout has on the page, written from the layout. */
function tableOf(fields: Kinds): string {
  const rows = Object.entries(fields).map(([name, field]) => `| ${name} | ${kindOf(field)} |`)
  return ['| field | kind |', '| --- | --- |', ...rows].join('\n')
}

function kindOf(field: Kind<unknown>): string {
  if (!('words' in field)) return field.kind
  const words = Object.entries(field.words as Record<string, number>).map(([word, code]) => `${word} ${code}`)
  return `word: ${words.join(', ')}`
}

const senders = { relay: 'relay → peer', peer: 'peer → relay', both: 'both ways' } as const

describe('docs/protocol/hop.md', () => {
  test.each(Object.entries(frameTable))(
    'has the bytes of frame %s as the code has them',
    (name, { code, from, fields }) => {
      const heading = `### ${name} (0x${code.toString(16).padStart(2, '0')}, ${senders[from]})`
      const body = Object.keys(fields).length === 0 ? 'No fields.' : tableOf(fields)

      expect(page).toContain(`${heading}\n\n${body}\n`)
    },
  )

  test('knows no frame that the code does not', () => {
    const named = [...page.matchAll(/^### (\w+) \(0x/gm)].map((match) => match[1])

    expect(new Set(named)).toEqual(new Set(Object.keys(frameTable)))
  })

  test.each([
    ['address', addressLayout],
    ['rosterEntry', rosterEntryLayout],
    ['admissionEntry', admissionEntryLayout],
    ['admissionList', admissionListLayout],
    ['signedAdmission', signedAdmissionLayout],
    ['pollHello', pollHelloLayout],
    ['pollWelcome', pollWelcomeLayout],
    ['pollBatch', pollBatchLayout],
  ])('has the bytes of the record %s as the code has them', (name, { fields }) => {
    expect(page).toContain(`### ${name}\n\n${tableOf(fields as unknown as Kinds)}\n`)
  })

  test.each(Object.entries(limits))('states the limit %s', (name, value) => {
    expect(page).toContain(`| ${name} | ${value} |`)
  })

  test('shows a proof that this code makes and accepts (PROTOCOL M-H7)', () => {
    const example = JSON.parse(/```json\n(\{[^`]*\})\n```/.exec(page)?.[1] ?? '') as {
      readonly privateKey: webcrypto.JsonWebKey
      readonly relay: string
      readonly nonce: string
      readonly identity: Pick<Identity, 'role' | 'group' | 'instance' | 'software'>
      readonly signed: string
      readonly signature: string
      readonly frame: string
    }
    const publicKey = rawPublicKey(createPrivateKey({ key: example.privateKey, format: 'jwk' }))
    const identity: Identity = { ...example.identity, publicKey }
    const challenge = { relay: example.relay, nonce: Buffer.from(example.nonce, 'hex') }
    const signature = Buffer.from(example.signature, 'hex')
    const frame: FrameNamed<'proof'> = { type: 'proof', version: 1, ...identity, signature }

    expect(proofMessage(identity, challenge).toString('hex')).toBe(example.signed)
    expect(encodeFrame(frame).toString('hex')).toBe(example.frame)
    expect(verifyProof(frame, challenge)).toBe(true)
  })
})
