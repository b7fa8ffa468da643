/**
 * Lists of devices: searched, filtered, sorted and counted where they are stored.
 *
 * A page goes on after the last row of the one before, by its place in the order and not
 * by counting, so that devices that come and go neither repeat nor hide others.
 *
 * @module
 */
import { sql, type RawBuilder, type SelectQueryBuilder } from 'kysely'
import { deviceStates, type DeviceState } from '@sallygate/domain'
import type { Context } from './context.ts'
import { listed, searched } from './device-row.ts'
import type { Schema } from './schema.ts'

export interface DeviceFilter {
  /** Only of these. Absent: of all. */
  readonly groups?: readonly string[] | undefined
  /** Default: all but deleted ones. */
  readonly states?: readonly DeviceState[] | undefined
  readonly compliant?: boolean | undefined
  readonly platforms?: readonly string[] | undefined
  readonly ownership?: string | undefined
  readonly source?: string | undefined
  /** The name of a policy that fails. */
  readonly failing?: string | undefined
  /** Has an address that software made up. */
  readonly hasRandomMac?: boolean | undefined
  /** Has not reported since. */
  readonly silentSinceMs?: number | undefined
  /** Words that all have to be in what a device is called or known by. */
  readonly search?: string | undefined
}

/** By which columns lists are sorted. */
export const deviceSorts = {
  name: 'nameKey',
  lastReport: 'lastReportAt',
  enrolled: 'enrolledAt',
  compliance: 'compliant',
  failing: 'failing',
  user: 'userName',
  model: 'model',
  platform: 'platform',
  osVersion: 'osVersion',
  serial: 'serial',
  state: 'state',
} as const satisfies Record<string, keyof Schema['devices']>

export type DeviceSort = keyof typeof deviceSorts

export interface DevicePage {
  readonly limit: number
  readonly sort: DeviceSort
  readonly isDescending: boolean
  /** Where the page before ended: `placeOf` its last row. */
  readonly after?: { readonly value: string | number; readonly id: string } | undefined
}

export type ListedDevice = Omit<Schema['devices'], 'search' | 'nameKey' | 'nextEvaluationAt' | 'stateAt'>

const shown = [
  'id', 'groupId', 'state', 'name', 'hostName', 'serial', 'userName', 'manufacturer', 'model', 'platform', 'osVersion',
  'ownership', 'mac', 'macCount', 'randomMacs', 'diskEncrypted', 'pinLocked', 'jailBroken', 'compliant', 'failing',
  'failingPolicies', 'sources', 'enrolledAt', 'lastReportAt', 'nameKey',
] as const // prettier-ignore

export const deviceFacets = ['state', 'compliant', 'platform', 'ownership', 'groupId'] as const
export type DeviceFacet = (typeof deviceFacets)[number]

/** Parts of a filter that are facets themselves. */
export type FacetFilter = 'states' | 'compliant' | 'platforms' | 'ownership'

export type TalliedDevices = Pick<Schema['devices'], DeviceFacet> & { readonly count: number }

type Query<O> = SelectQueryBuilder<Schema, 'devices', O>

export class DeviceList {
  readonly #context: Context
  constructor(context: Context) {
    this.#context = context
  }

  /** Ask for one more than a page has, to know whether there is another. */
  async page(filter: DeviceFilter, { limit, sort, isDescending, after }: DevicePage): Promise<readonly ListedDevice[]> {
    const column = deviceSorts[sort]
    const direction = isDescending ? 'desc' : 'asc'
    let query = narrowed(this.#context.db.selectFrom('devices').select(shown), filter)
    if (after !== undefined) {
      const sign = sql.raw(isDescending ? '<' : '>')
      query = query.where(sql<boolean>`(${sql.ref(column)}, ${sql.ref('id')}) ${sign} (${after.value}, ${after.id})`)
    }
    return query.orderBy(column, direction).orderBy('id', direction).limit(limit).execute()
  }

  async count(filter: DeviceFilter): Promise<number> {
    const counted = this.#context.db.selectFrom('devices').select((it) => it.fn.countAll<number>().as('count'))
    return Number((await narrowed(counted, filter).executeTakeFirstOrThrow()).count)
  }

  /** How many there are of each combination; read from one index where nothing else is asked for. */
  async tally(filter: Omit<DeviceFilter, FacetFilter>): Promise<readonly TalliedDevices[]> {
    const counted = this.#context.db
      .selectFrom('devices')
      .select(deviceFacets)
      .select((it) => it.fn.countAll<number>().as('count'))
    const rows = await narrowed(counted, { ...filter, states: deviceStates })
      .groupBy(deviceFacets)
      .execute()
    return rows.map((row) => ({ ...row, count: Number(row.count) }))
  }

  /** By platform, the largest first. */
  async macCounts(filter: DeviceFilter): Promise<readonly MacCounts[]> {
    const counted = this.#context.db
      .selectFrom('devices')
      .select('platform')
      .select((it) => [
        it.fn.countAll<number>().as('devices'),
        sumOf(sql`${sql.ref('randomMacs')} > 0`).as('withRandom'),
        sumOf(sql`${sql.ref('randomMacs')} > 0 and ${sql.ref('randomMacs')} = ${sql.ref('macCount')}`).as('onlyRandom'),
        sumOf(sql`${sql.ref('macCount')} = 0`).as('withoutMac'),
      ])
    const rows = await narrowed(counted, filter).groupBy('platform').execute()
    return rows
      .map(({ platform, devices, withRandom, onlyRandom, withoutMac }) => ({
        platform,
        devices: Number(devices),
        withRandom: Number(withRandom),
        onlyRandom: Number(onlyRandom),
        withoutMac: Number(withoutMac),
      }))
      .toSorted((a, b) => b.devices - a.devices || (a.platform < b.platform ? -1 : 1))
      .slice(0, 200)
  }
}

function sumOf(condition: RawBuilder<unknown>) {
  return sql<number>`sum(case when ${condition} then 1 else 0 end)`
}

export interface MacCounts {
  readonly platform: string
  readonly devices: number
  /** Have an address that software made up. */
  readonly withRandom: number
  /** Have no other. */
  readonly onlyRandom: number
  readonly withoutMac: number
}

/** Where a row stands in its order. */
export function placeOf(row: ListedDevice, sort: DeviceSort): { readonly value: string | number; readonly id: string } {
  return { value: (row as unknown as Schema['devices'])[deviceSorts[sort]] as string | number, id: row.id }
}

function narrowed<O>(query: Query<O>, filter: DeviceFilter): Query<O> {
  const { groups, states, compliant, platforms, ownership, source, failing, hasRandomMac, silentSinceMs } = filter
  let narrow = query
  if (groups !== undefined) narrow = narrow.where('groupId', 'in', [...groups, ''])
  narrow = states === undefined ? narrow.where('state', '!=', 'deleted') : narrow.where('state', 'in', [...states, ''])
  if (compliant !== undefined) narrow = narrow.where('compliant', '=', compliant ? 1 : 0)
  if (platforms !== undefined) narrow = narrow.where('platform', 'in', [...platforms])
  if (ownership !== undefined) narrow = narrow.where('ownership', '=', ownership)
  if (source !== undefined) narrow = narrow.where(contains('sources', listed([source])))
  if (failing !== undefined) narrow = narrow.where(contains('failingPolicies', listed([failing])))
  if (hasRandomMac !== undefined) narrow = narrow.where('randomMacs', hasRandomMac ? '>' : '=', 0)
  if (silentSinceMs !== undefined) narrow = narrow.where('lastReportAt', '<', silentSinceMs)
  for (const word of wordsOf(filter.search)) narrow = narrow.where(contains('search', word))
  return narrow
}

/** A plain text: signs that mean something in a pattern mean nothing here. */
function contains(column: 'search' | 'sources' | 'failingPolicies', text: string) {
  const pattern = `%${text.replaceAll(/[\\%_]/g, String.raw`\$&`)}%`
  return sql<boolean>`${sql.ref(column)} like ${pattern} escape '\\'`
}

function wordsOf(search: string | undefined): readonly string[] {
  const words = searched(search ?? '')
    .replaceAll('\0', ' ')
    .split(/\s+/u)
  return words.filter((word) => word !== '').slice(0, 8)
}
