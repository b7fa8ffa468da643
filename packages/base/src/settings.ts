/**
 * Settings: declared once, with a reason, a default and a classification.
 *
 * The declaration yields validation, the table in docs/settings.md, provenance and
 * redaction. A field that nobody classified is a secret. No module but the one
 * that composes a process reads the environment.
 *
 * @module
 */
import { Failure } from './failure.ts'
import { settingsFailure } from './failures.ts'

/** Who may see a value: everybody, administrators, nobody. */
export type Classification = 'public' | 'personal' | 'secret'

export interface SettingOptions<T> {
  readonly default?: T
  /** Why the default is what it is. Required where the default is a number. */
  readonly because?: string
  readonly classification?: Classification
}

export interface Setting<T> {
  readonly kind: string
  readonly note: string
  readonly default: T | undefined
  readonly because: string | undefined
  readonly classification: Classification
  readonly isRequired: boolean
  /** @throws Error with a sentence that says what was expected. */
  parse(raw: unknown): T
}

function setting<T>(
  kind: string,
  parse: (raw: unknown) => T,
  note: string,
  options: SettingOptions<T> = {},
  isRequired = true,
): Setting<T> {
  return {
    kind,
    parse,
    note,
    default: options.default,
    because: options.because,
    // Forgetting to classify must hide a value, never show it.
    classification: options.classification ?? 'secret',
    isRequired: isRequired && options.default === undefined,
  }
}

function asText(raw: unknown, max = 4096): string {
  if (typeof raw !== 'string' || raw.length === 0) throw new Error('text')
  if (raw.length > max || raw.includes('\0')) throw new Error(`text of at most ${max} characters without NUL`)
  return raw
}

export const text = (note: string, options?: SettingOptions<string>) =>
  setting('text', (raw) => asText(raw), note, options)

export const path = (note: string, options?: SettingOptions<string>) =>
  setting('path', (raw) => asText(raw), note, options)

/** A path to a file that holds a secret. The path is public, what it holds is not. */
export const secretFile = (note: string, options?: SettingOptions<string>) =>
  setting('path of a file with mode 0600', (raw) => asText(raw), note, { classification: 'public', ...options })

export function url(note: string, options?: SettingOptions<string>): Setting<string> {
  return setting(
    'URL',
    (raw) => {
      const value = asText(raw)
      if (!URL.canParse(value)) throw new Error('a URL with scheme and host')
      return value
    },
    note,
    options,
  )
}

export function integer(
  note: string,
  bounds: { readonly min: number; readonly max: number },
  options?: SettingOptions<number>,
): Setting<number> {
  return setting(
    `integer, ${bounds.min} to ${bounds.max}`,
    (raw) => {
      const value = typeof raw === 'string' && /^-?\d{1,15}$/.test(raw) ? Number(raw) : raw
      if (typeof value !== 'number' || !Number.isSafeInteger(value) || value < bounds.min || value > bounds.max) {
        throw new Error(`an integer from ${bounds.min} to ${bounds.max}`)
      }
      return value
    },
    note,
    options,
  )
}

/** 0 means: any free port. */
export const port = (note: string, options?: SettingOptions<number>) => integer(note, { min: 0, max: 65535 }, options)

const durationUnits: Readonly<Record<string, number>> = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 }

/** Milliseconds, written as `250ms`, `90s`, `5m`, `24h` or `7d`. */
export function durationMs(note: string, options?: SettingOptions<number>): Setting<number> {
  return setting(
    'duration',
    (raw) => {
      const match = typeof raw === 'string' ? /^(\d{1,9})(ms|s|m|h|d)$/.exec(raw) : null
      const unit = durationUnits[match?.[2] ?? '']
      if (match === null || unit === undefined) throw new Error('a duration such as 250ms, 90s, 5m, 24h, 7d')
      return Number(match[1]) * unit
    },
    note,
    options,
  )
}

export function flag(note: string, options?: SettingOptions<boolean>): Setting<boolean> {
  return setting(
    'true or false',
    (raw) => {
      if (raw === true || raw === 'true') return true
      if (raw === false || raw === 'false') return false
      throw new Error('true or false')
    },
    note,
    options,
  )
}

export function oneOf<const W extends string>(
  words: readonly W[],
  note: string,
  options?: SettingOptions<W>,
): Setting<W> {
  return setting(
    words.join(' or '),
    (raw) => {
      const found = words.find((word) => word === raw)
      if (found === undefined) throw new Error(words.join(' or '))
      return found
    },
    note,
    options,
  )
}

/** The same setting, but it may be left out. */
export function maybe<T>(inner: Setting<T>): Setting<T | undefined> {
  return { ...inner, isRequired: false }
}

type Fields = Readonly<Record<string, Setting<unknown>>>
export type SettingsOf<S> =
  S extends SettingsTable<infer F> ? { readonly [K in keyof F]: F[K] extends Setting<infer T> ? T : never } : never

/** One place values come from, most important first in a list of them. `name` is shown to people. */
export interface SettingSource {
  readonly name: string
  readonly values: Readonly<Record<string, unknown>>
}

export interface EffectiveSetting {
  readonly key: string
  /** `[secret]` unless the field is public. */
  readonly value: unknown
  readonly from: string
}

export interface SettingsTable<F extends Fields> {
  readonly name: string
  readonly fields: F
  /** @throws SETTINGS_UNKNOWN, SETTINGS_MISSING, SETTINGS_INVALID. The value itself is never in the failure. */
  parse(sources: readonly SettingSource[]): SettingsOf<SettingsTable<F>>
  /** Every value and where it came from, safe to print. */
  effective(sources: readonly SettingSource[]): readonly EffectiveSetting[]
}

export function defineSettings<const F extends Fields>(name: string, fields: F): SettingsTable<F> {
  const keys = Object.keys(fields)
  const resolve = (sources: readonly SettingSource[]) => {
    for (const source of sources) {
      for (const key of Object.keys(source.values)) {
        if (keys.includes(key)) continue
        throw settingsFailure('UNKNOWN', {
          details: { setting: `${name}.${key}`, source: source.name, nearest: nearest(key, keys) },
        })
      }
    }
    return keys.map((key) => {
      const field = fields[key] as Setting<unknown>
      const source = sources.find((candidate) => candidate.values[key] !== undefined)
      if (source === undefined) {
        if (field.isRequired) throw settingsFailure('MISSING', { details: { setting: `${name}.${key}` } })
        return { key, value: field.default, from: 'default' }
      }
      return { key, value: parseField(`${name}.${key}`, field, source), from: source.name }
    })
  }
  return {
    name,
    fields,
    parse: (sources) =>
      Object.freeze(Object.fromEntries(resolve(sources).map(({ key, value }) => [key, value]))) as SettingsOf<
        SettingsTable<F>
      >,
    effective: (sources) =>
      resolve(sources).map(({ key, value, from }) => ({
        key,
        value: fields[key]?.classification === 'public' ? value : '[secret]',
        from,
      })),
  }
}

function parseField(name: string, field: Setting<unknown>, source: SettingSource): unknown {
  const key = name.slice(name.indexOf('.') + 1)
  try {
    return field.parse(source.values[key])
  } catch (cause) {
    if (cause instanceof Failure) throw cause
    throw settingsFailure('INVALID', {
      details: { setting: name, source: source.name, expected: (cause as Error).message },
    })
  }
}

/** The known word with the fewest edits to what was written. */
export function nearest(written: string, known: readonly string[]): string {
  return known.toSorted((a, b) => distance(written, a) - distance(written, b)).at(0) ?? ''
}

function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, index) => index)
  for (let i = 1; i <= a.length; i++) {
    const next = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (row[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      next.push(Math.min(substitution, (row[j] ?? 0) + 1, (next[j - 1] ?? 0) + 1))
    }
    row = next
  }
  return row[b.length] ?? 0
}
