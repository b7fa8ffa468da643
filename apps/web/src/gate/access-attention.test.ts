import { expect, test } from 'vitest'
import type { MdmSource } from '../api/source-shapes.ts'
import type { Nac, NacNode } from '../api/nac-shapes.ts'
import { accessAttention } from './access-attention.ts'

const node = (p99Ms?: number): NacNode => ({
  account: 'a',
  user: 'ise',
  source: '192.0.2.7',
  firstSeenMs: 0,
  lastSeenMs: 0,
  requests: 1,
  notFound: 0,
  malformed: 0,
  slow: 0,
  ...(p99Ms === undefined ? {} : { p50Ms: 1, p99Ms }),
})

const nac = (part: Partial<Nac>): Nac => ({
  id: 'n',
  name: 'nac 1',
  heardAt: '2026-03-01T12:00:00Z',
  isSilent: false,
  version: '0.1.0',
  upSince: '2026-03-01T12:00:00Z',
  url: 'https://nac.example',
  devices: 1,
  nonCompliant: 0,
  ageSeconds: 1,
  memoryBytes: 1,
  waitingActions: 0,
  nodes: [],
  ...part,
})

const source = (enabled: boolean, state: Partial<MdmSource['state']>): MdmSource => ({
  id: 's',
  name: 'Old MDM',
  settings: { kind: 'ise', url: 'https://mdm.example', user: 'u', enabled, everyMinutes: 240, staleAfterHours: 24 },
  hasPassword: true,
  state: { failures: 0, isStale: false, ...state },
  source: 'federated:s',
})

const levels = (nacs: readonly Nac[], sources: readonly MdmSource[]) =>
  accessAttention(nacs, sources).map(({ level, page }) => `${level} ${page}`)

test('what works needs no attention', () => {
  expect(levels([nac({ nodes: [node(), node(199)] })], [source(true, {}), source(false, { isStale: true })])).toEqual(
    [],
  )
})

test('a nac without a picture is worse than one that is silent or slow', () => {
  expect(levels([nac({ isSilent: true })], [])).toEqual(['warning nac'])
  expect(levels([nac({ ageSeconds: -1 })], [])).toEqual(['failed nac'])
  expect(levels([nac({ nodes: [node(201)] })], [])).toEqual(['warning nac'])
})

test('a source that failed once is a warning, and a stale one a failure', () => {
  const failure = { code: 'X', says: 'It is away.', fix: 'Start it.' }

  expect(levels([], [source(true, { failure })])).toEqual(['warning sources'])
  expect(levels([], [source(true, { failure, isStale: true })])).toEqual(['failed sources'])
})
