/**
 * People whose names take much room: deep below units, three bytes a letter.
 *
 * @module
 */
import { genericBase } from './generic.ts'
import { entry, line } from './office.ts'

export const longNames = '全員'

const unit = `ou=${'東京都千代田区霞が関'.repeat(5)},ou=${'株式会社営業本部第一部'.repeat(5)},${genericBase}`

/** So many people, and a group of all of them. */
export function longNamesLdif(people: number): string {
  const names = Array.from({ length: people }, (_, at) => `cn=${'長い名前'.repeat(8)} ${at},${unit}`)
  const parent = unit.slice(unit.indexOf(',') + 1)
  return [
    entry(parent, 'objectClass: organizationalUnit'),
    entry(unit, 'objectClass: organizationalUnit'),
    ...names.map((dn, at) =>
      entry(
        dn,
        'objectClass: inetOrgPerson',
        `uid: long${at}`,
        line('sn', '長'),
        line('cn', `${'長い名前'.repeat(8)} ${at}`),
      ),
    ),
    entry(
      `cn=${longNames},${genericBase}`,
      'objectClass: groupOfNames',
      line('cn', longNames),
      ...names.map((name) => line('member', name)),
    ),
  ].join('')
}
