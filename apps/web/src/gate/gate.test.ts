import { expect, test } from 'vitest'
import type { Connector, Status } from '../api/shapes.ts'
import type { Service } from '../api/service-shapes.ts'
import { attention } from './attention.ts'
import { box, fit } from './placing.ts'
import { drawGate } from './gate.ts'

const status: Status = {
  version: '1',
  console: 'c',
  relay: { state: 'attached' },
  groups: 1,
  connectors: { attached: 1, total: 1 },
  warnings: [],
  hasSampleOffice: false,
}
const directory: Service = { service: 'directory', title: 'Directory', settings: {}, generation: 1, acknowledged: [] }

function connector(id: string, more: Partial<Connector> = {}): Connector {
  return {
    id,
    name: `connector ${id}`,
    state: 'live',
    enrolledAt: '2026-01-01T00:00:00Z',
    wanted: { state: 'active', weight: 100 },
    inFlight: 0,
    latencyMs: 12.4,
    services: [{ service: 'directory', state: 'healthy', generation: 1, says: '', fix: '' }],
    operations: [],
    cloneAlarm: false,
    certificate: { thumbprints: { sha256: '', sha1Windows: '' }, notAfter: '2027-01-01T00:00:00Z' },
    ...more,
  }
}

test.each([false, true])('no two stations cover each other, narrow: %s', (isNarrow) => {
  const connectors = ['1', '2', '3', '4', '5', '6'].map((id) => connector(id))

  const { stations, width, height } = drawGate({ status, connectors, services: [directory], isNarrow })

  for (const [index, one] of stations.entries()) {
    expect(one.x >= 0 && one.x + box.width <= width && one.y >= 0 && one.y + box.height <= height).toBe(true)
    for (const other of stations.slice(index + 1)) {
      const isApart = Math.abs(one.x - other.x) >= box.width || Math.abs(one.y - other.y) >= box.height
      expect(isApart, `${one.title} and ${other.title}`).toBe(true)
    }
  }
})

test('connectors that are too many to draw are counted', () => {
  const connectors = ['1', '2', '3', '4', '5', '6'].map((id) => connector(id))

  const { says } = drawGate({ status, connectors, services: [], isNarrow: false })

  expect(says).toContain('3 more: 3 live')
})

test('behind a relay that is away, no line looks alive', () => {
  const away: Status = { ...status, relay: { state: 'waiting' } }

  const { lines } = drawGate({ status: away, connectors: [connector('1')], services: [], isNarrow: false })

  expect(lines.map(({ standing }) => standing)).toEqual(['failed', 'failed'])
})

test('the last connector that is away is a failure, one of several only a warning', () => {
  const away = connector('1', { state: 'away' })

  expect(attention(status, [away], [directory])[0]).toMatchObject({ level: 'failed', about: 'connector 1' })
  expect(attention(status, [away, connector('2')], [directory])[0]).toMatchObject({ level: 'warning' })
})

test('a group without a connector is told how to get one, and a revoked one is none', () => {
  const matters = attention(status, [connector('1', { state: 'revoked' })], [directory])

  expect(matters).toMatchObject([{ says: 'No connector belongs to this group.', page: 'connect' }])
})

test('a group without connectors below another is served by those, and needs nothing', () => {
  const { stations, says } = drawGate({
    status,
    connectors: [],
    services: [directory],
    parent: 'Acme',
    isNarrow: false,
  })

  expect(stations.find(({ kind }) => kind === 'none')?.title).toBe('Group above')
  expect(says).not.toContain('invite')
  expect(attention(status, [], [directory], true)).toEqual([])
})

test('the only connector that is drained leaves nobody to work', () => {
  expect(attention(status, [connector('1', { state: 'maintenance' })], [directory])[0]).toMatchObject({
    level: 'failed',
    page: 'connectors',
  })
})

test('a gate where everything works needs nothing', () => {
  expect(attention(status, [connector('1')], [directory])).toEqual([])
})

test('a long name is cut between letters, not through one', () => {
  expect(fit('👩‍🔬👩‍🔬👩‍🔬👩‍🔬', 3)).toBe('👩‍🔬👩‍🔬…')
  expect(fit('short', 9)).toBe('short')
})

test('a group may do without mail, and not without a directory; what fails leads to its own page', () => {
  const off = (service: string): Service => ({ ...directory, service, title: service, settings: null })
  const failing = { service: 'mail', state: 'failed', generation: 1, says: 'No server answers.', fix: 'Look.' } as const

  expect(attention(status, [connector('1')], [off('mail'), off('syslog')])).toEqual([])
  expect(attention(status, [connector('1')], [off('directory')])).toMatchObject([{ page: 'directory' }])
  expect(attention(status, [connector('1', { services: [failing] })], [])).toMatchObject([
    { level: 'failed', page: 'mail' },
  ])
})
