import { expect, test } from 'vitest'
import type { Connector } from '../api/shapes.ts'
import { chainOf, obstacleOf } from './carriers.ts'

const connector = (state: Connector['state'], ...operations: readonly string[]) =>
  ({ id: 'c', state, operations }) as unknown as Connector
const place = (group: string, ...connectors: readonly Connector[]) => ({ group, connectors })

test('without a connector here and above there is nobody to carry it', () => {
  expect(obstacleOf('mail', [place('a'), place('b', connector('revoked', 'mail.send'))], undefined)).toBe('noConnector')
})

test('settings of the group reach no connector of a group above', () => {
  const places = [place('a'), place('b', connector('live', 'mail.send'))]

  expect(obstacleOf('mail', places, 'a')).toBe('settingsElsewhere')
  expect(obstacleOf('mail', places, 'b')).toBeUndefined()
  // Of a group further up, which connectors of the one between run on as well; or of one nobody sees.
  expect(obstacleOf('mail', places, 'c')).toBeUndefined()
})

test('a connector that is away, or may not, carries nothing', () => {
  expect(obstacleOf('syslog', [place('a', connector('away', 'syslog.deliver'))], 'a')).toBe('noneAttached')
  expect(obstacleOf('syslog', [place('a', connector('live', 'mail.send'))], 'a')).toBe('noneAllowed')
  expect(
    obstacleOf('syslog', [place('a', connector('live'), connector('draining', 'syslog.deliver'))], 'a'),
  ).toBeUndefined()
})

test('the way up ends where nothing more is seen', () => {
  const group = (id: string, parent?: string) => ({
    id,
    name: id,
    createdAt: '',
    ...(parent === undefined ? {} : { parent }),
  })

  expect(chainOf([group('a', 'b'), group('b', 'hidden'), group('z')], 'a').map(({ id }) => id)).toEqual(['a', 'b'])
  expect(chainOf([], 'a')).toEqual([])
})
