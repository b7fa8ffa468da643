/**
 * Lists of values inside a statement, as one parameter: a statement for ten ids is the one for ten thousand.
 *
 * @module
 */
import { sql, type Kysely, type RawBuilder } from 'kysely'
import { isPostgres } from './bulk.ts'
import type { Schema } from './schema.ts'

export function anyText(db: Kysely<Schema>, values: readonly string[]): RawBuilder<unknown> {
  const json = JSON.stringify(values)
  return isPostgres(db)
    ? sql`(select jsonb_array_elements_text(${json}::jsonb))`
    : sql`(select value from json_each(${json}))`
}

export function anyNumber(db: Kysely<Schema>, values: readonly number[]): RawBuilder<unknown> {
  const json = JSON.stringify(values)
  return isPostgres(db)
    ? sql`(select jsonb_array_elements_text(${json}::jsonb)::bigint as "value")`
    : sql`(select value from json_each(${json}))`
}

/** Elements of a column, or a parameter, that holds a JSON list of texts, as `element.value`. */
export function elements(db: Kysely<Schema>, column: string | RawBuilder<unknown>): RawBuilder<unknown> {
  const list = typeof column === 'string' ? sql.ref(column) : column
  return isPostgres(db)
    ? sql`jsonb_array_elements_text(${list}::jsonb) as element(value)`
    : sql`json_each(${list}) as element`
}

/** A list of lists as rows, each in `item.value`; take its members by `->>` and a number. */
export function items(db: Kysely<Schema>, rows: readonly (readonly unknown[])[]): RawBuilder<unknown> {
  const json = JSON.stringify(rows)
  return isPostgres(db) ? sql`jsonb_array_elements(${json}::jsonb) as item(value)` : sql`json_each(${json}) as item`
}

/** A number among the columns of a select: there PostgreSQL takes a parameter for text. */
export const asNumber = (value: number): RawBuilder<unknown> => sql`cast(${value} as bigint)`

/**
 * What a loose member is called of whom only the identifier is certain: who has left a directory that follows its members.
 * No name in a directory begins like this.
 */
export const identityRef = (table: string): RawBuilder<unknown> =>
  sql`'\u0001' || ${sql.ref(`${table}.kind`)} || ' ' || ${sql.ref(`${table}.id`)}`

/** Of loose members: nobody that a group names, so not counted. */
export const isByIdentity: RawBuilder<unknown> = sql`"ref" >= '\u0001' and "ref" < '\u0002'`
