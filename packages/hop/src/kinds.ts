/**
 * Kinds of field, each with the words docs/protocol/hop.md uses for it.
 *
 * A test compares the byte tables of that page with the layouts in the code, and
 * these words are what it compares.
 *
 * @module
 */
import { fromHex, toHex } from '@sallygate/base/bytes'
import * as base from '@sallygate/base/layout'
import type { Field, Layout, Value } from '@sallygate/base/layout'

export interface Kind<T> extends Field<T> {
  readonly kind: string
}

function called<T>(kind: string, field: Field<T>): Kind<T> {
  return { kind, write: (to, value) => field.write(to, value), read: (from) => field.read(from) }
}

export const u8 = called('u8', base.u8)
export const u16 = called('u16', base.u16)
export const u32 = called('u32', base.u32)
export const u64 = called('u64', base.u64)
export const instant = called('instant', base.instant)
export const flag = called('flag', base.flag)
export const fixed = (length: number) => called(`fixed(${length})`, base.fixed(length))
export const bytes = (max: number) => called(`bytes(${max})`, base.bytes(max))
export const text = (max: number) => called(`text(${max})`, base.text(max))

/** Raw bytes on the wire, lower-case hex in the program. */
export function name<T extends string>(length: number): Kind<T> {
  const inner = base.fixed(length)
  return called(`fixed(${length})`, {
    write: (to, value) => inner.write(to, fromHex(value)),
    read: (from) => toHex(inner.read(from)) as T,
  })
}

export function word<const Words extends Readonly<Record<string, number>>>(
  words: Words,
): Kind<keyof Words & string> & { readonly words: Words } {
  return { ...called('word', base.word(words)), words }
}

/** Kinds by field name, in the order they are written. */
export type Kinds = Readonly<Record<string, Kind<unknown>>>

export interface RecordKind<Fields extends Kinds>
  extends
    Layout<{ readonly [K in keyof Fields]: Value<Fields[K]> }>,
    Kind<{ readonly [K in keyof Fields]: Value<Fields[K]> }> {
  readonly fields: Fields
}

export function record<const Fields extends Kinds>(kind: string, fields: Fields): RecordKind<Fields> {
  return { ...base.layout(fields), kind, fields }
}

export function list<T>(item: Kind<T>, max: number): Kind<readonly T[]> {
  return called(`list(${item.kind}, ${max})`, base.list(item, max))
}
