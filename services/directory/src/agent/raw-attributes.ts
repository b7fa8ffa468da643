/**
 * Attributes as the server has them, made fit to be shown: bounded, binary as hex, no passwords and keys.
 *
 * @module
 */
import type { SearchEntry } from '@sallygate/protocol-ldap'
import { isSecretAttribute, maxRawAttributes, maxRawLength, maxRawValues, type PreviewResult } from '../contract.ts'

type Raw = PreviewResult['attributes'][number]

export function rawAttributes(entry: SearchEntry): { attributes: Raw[]; more: boolean } {
  const shown = entry.attributes.filter(({ type, values }) => !isSecretAttribute(type) && values.length > 0)
  const attributes = shown.slice(0, maxRawAttributes).map(({ type, values }): Raw => {
    const isBinary = !values.slice(0, maxRawValues).every(isText)
    const first = values.slice(0, maxRawValues)
    const texts = first.map((value) => (isBinary ? hexOf(value) : textOf(value)))
    const isShort = first.some((value, index) => (texts[index]?.length ?? 0) < lengthOf(value, isBinary))
    const isPart = /;range=\d+-\d+$/i.test(type)
    return {
      attribute: type.slice(0, 200),
      count: values.length,
      isBinary,
      values: texts,
      isCut: isShort || isPart || values.length > maxRawValues,
    }
  })
  return {
    attributes: attributes.toSorted((a, b) => (a.attribute.toLowerCase() < b.attribute.toLowerCase() ? -1 : 1)),
    more: shown.length > maxRawAttributes,
  }
}

/** Cut between characters, never inside one. */
function textOf(value: Buffer): string {
  const text = value.toString('utf8')
  return text.slice(0, maxRawLength).replace(/[\ud800-\udbff]$/, '')
}

const hexOf = (value: Buffer) => value.subarray(0, maxRawLength / 2).toString('hex')
const lengthOf = (value: Buffer, isBinary: boolean) => (isBinary ? value.length * 2 : value.toString('utf8').length)

/** UTF-8 without control characters. Line ends are in postal addresses. */
function isText(value: Buffer): boolean {
  const text = value.toString('utf8')
  // oxlint-disable-next-line no-control-regex
  if (/[\0-\x08\x0b\x0c\x0e-\x1f\x7f]/.test(text)) return false
  return !text.includes('\ufffd') || Buffer.from(text, 'utf8').equals(value)
}
