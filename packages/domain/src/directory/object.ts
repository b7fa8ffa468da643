/**
 * People and groups as a directory tells of them, in the one form that is compared and stored.
 *
 * @module
 */
export type DirectoryKind = 'user' | 'group'

export interface DirectoryObject {
  readonly kind: DirectoryKind
  /** Stays through renames and moves; who it is. */
  readonly id: string
  readonly dn: string
  /** The name in the one form that all spellings of it share. */
  readonly key: string
  readonly fields: Readonly<Record<string, readonly string[]>>
  readonly isDisabled: boolean
  readonly isLocked: boolean
  readonly mustChangePassword: boolean
  /** When the account ends. */
  readonly expiresAtMs: number | undefined
  /** Active Directory: by which a primary group is found. */
  readonly sid: string | undefined
  readonly primarySid: string | undefined
}

/** One bit each, as they are stored. */
export const objectFlags = { isDisabled: 1, isLocked: 2, mustChangePassword: 4 } as const

export function flagsOf(object: Pick<DirectoryObject, keyof typeof objectFlags>): number {
  return (
    (object.isDisabled ? objectFlags.isDisabled : 0) |
    (object.isLocked ? objectFlags.isLocked : 0) |
    (object.mustChangePassword ? objectFlags.mustChangePassword : 0)
  )
}

export const hasFlag = (flags: number, flag: keyof typeof objectFlags): boolean => (flags & objectFlags[flag]) !== 0

/** What a person would call it. */
export function shownName({ fields, dn }: Pick<DirectoryObject, 'fields' | 'dn'>): string {
  const first = (name: string) => fields[name]?.find((value) => value.trim() !== '')
  return first('displayName') ?? first('name') ?? first('login') ?? first('mail') ?? dn
}

/** The fields in the order of their names: one text for everything that is the same. */
export function fieldsText({ fields }: Pick<DirectoryObject, 'fields'>): string {
  const names = Object.keys(fields)
  const isSorted = names.every((name, at) => at === 0 || (names[at - 1] as string) < name)
  return JSON.stringify(isSorted ? fields : Object.fromEntries(names.toSorted().map((name) => [name, fields[name]])))
}

/** Two objects with the same text are the same in everything that is stored. */
export function objectText(object: DirectoryObject, fields: string = fieldsText(object)): string {
  const { dn, key, expiresAtMs, sid, primarySid } = object
  return JSON.stringify([dn, key, flagsOf(object), expiresAtMs ?? null, sid ?? null, primarySid ?? null]) + fields
}

/** The container: what stands behind the first comma that separates. Empty at the top. */
export function parentKey(key: string): string {
  for (let at = 0; at < key.length; at++) {
    if (key[at] === '\\') at++
    else if (key[at] === ',') return key.slice(at + 1)
  }
  return ''
}
