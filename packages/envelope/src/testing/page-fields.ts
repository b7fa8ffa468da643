/**
 * Fields made from a protocol page alone, for reading real bytes without the
 * code that made them.
 *
 * @module
 */
import {
  bytes,
  fixed,
  flag,
  instant,
  layout,
  list,
  optional,
  text,
  u16,
  u32,
  u64,
  u8,
  word,
  type Field,
  type Layout,
} from '@sallygate/base/layout'
import type { Row } from './page.ts'

const plain: Readonly<Record<string, Field<unknown>>> = { u8, u16, u32, u64, instant, flag }

type Tables = ReadonlyMap<string, readonly Row[]>

export function layoutOf(name: string, tables: Tables): Layout<Readonly<Record<string, unknown>>> {
  const rows = tables.get(name)
  if (rows === undefined) throw new Error(`the page has no table ${name}`)
  return layout(Object.fromEntries(rows.map((row) => [row.name, fieldOf(row.kind, tables)])))
}

function fieldOf(kind: string, tables: Tables): Field<unknown> {
  if (kind.startsWith('word: ')) {
    const words = [...kind.matchAll(/(\w+) (\d+)/g)]
    return word(Object.fromEntries(words.map(([, name = '', code]) => [name, Number(code)]))) as Field<unknown>
  }
  const [, name = '', argument = ''] = /^(\w+)(?:\((.*)\))?$/.exec(kind) ?? []
  const [, item = '', max = ''] = /^(.*), (\d+)$/.exec(argument) ?? []
  switch (name) {
    case 'fixed':
      return fixed(Number(argument)) as Field<unknown>
    case 'bytes':
      return bytes(Number(argument)) as Field<unknown>
    case 'text':
      return text(Number(argument)) as Field<unknown>
    case 'optional':
      return optional(fieldOf(argument, tables)) as Field<unknown>
    case 'list':
      return list(fieldOf(item, tables), Number(max)) as Field<unknown>
    default:
      return plain[name] ?? layoutOf(name, tables)
  }
}
