import fc from 'fast-check'
import { expect, test } from 'vitest'
import { readIdentifiers, type SaidIdentifiers } from './identifiers.ts'
import { matchDevice, relationOf, type Candidate } from './match.ts'

const laptop = { uuid: '4c4c4544-0042-3510-8052-b4c04f4a3132', serial: 'B5RPJ12' }
const dock = '00:10:5A:00:00:D0'
const plain = { hasSourceId: false, ignoredMacs: new Set<string>() }

const known = (id: string, said: SaidIdentifiers, more: Partial<Candidate> = {}): Candidate => ({
  id,
  identifiers: readIdentifiers(said),
  isNamedBySource: false,
  lastReportMs: 1000,
  ...more,
})
const match = (said: SaidIdentifiers, candidates: readonly Candidate[], options = plain) =>
  matchDevice(readIdentifiers(said), candidates, options)

test('a device is found again by a serial number, a UUID, or an address of its own', () => {
  const device = known('a', { ...laptop, macs: ['00:10:5A:00:00:01', '00:10:5A:00:00:02'] })

  expect(match({ serial: 'b5rpj12' }, [device]).device).toBe('a')
  expect(match({ uuid: '{44454C4C-4200-1035-8052-B4C04F4A3132}' }, [device]).device).toBe('a')
  expect(match({ macs: ['0010.5a00.0002'] }, [device]).device).toBe('a')
})

test('a dock does not make two laptops one', () => {
  const one = known('a', { ...laptop, macs: [dock] })

  expect(match({ serial: 'OTHER1', uuid: '11111111-2222-4333-8444-555555555555', macs: [dock] }, [one]).kind).toBe(
    'new',
  )
})

test('an address that two devices have decides nothing', () => {
  const two = [known('a', { serial: 'AAA1', macs: [dock] }), known('b', { serial: 'BBB1', macs: [dock] })]

  expect(match({ macs: [dock] }, two)).toEqual({ kind: 'new', twins: [] })
})

test('an address of a dock that the administrator named decides nothing', () => {
  const ignoredMacs = new Set(['00105A0000D0'])

  expect(match({ macs: [dock] }, [known('a', { ...laptop, macs: [dock] })], { ...plain, ignoredMacs }).kind).toBe(
    'nobody',
  )
})

test('an address that software made up finds nobody', () => {
  const random = 'DA:A1:19:00:00:01'

  expect(match({ macs: [random] }, [known('a', { ...laptop, macs: [random] })]).kind).toBe('nobody')
})

test('two sources that know different names of one device need its address and its host name', () => {
  const device = known('a', { serial: 'B5RPJ12', hostName: 'ada-laptop', macs: [dock] })

  expect(match({ uuid: laptop.uuid, hostName: 'ADA-LAPTOP', macs: [dock] }, [device]).device).toBe('a')
  expect(match({ uuid: laptop.uuid, hostName: 'other', macs: [dock] }, [device]).kind).toBe('new')
})

test("the source's own name finds a device, unless a serial number or UUID says otherwise", () => {
  const device = known('a', laptop, { isNamedBySource: true })
  const options = { ...plain, hasSourceId: true }

  expect(match({}, [device], options).device).toBe('a')
  expect(match({ uuid: '11111111-2222-4333-8444-555555555555' }, [device], options).kind).toBe('new')
})

test('two records with one serial number are told as twins, and the newer one goes on', () => {
  const two = [known('a', { serial: 'AAA1' }), known('b', { serial: 'AAA1' }, { lastReportMs: 2000 })]

  expect(match({ serial: 'AAA1' }, two)).toEqual({ kind: 'known', device: 'b', twins: ['a'] })
})

test('what has no name and no address can never be found again, so it is nobody', () => {
  expect(match({ hostName: 'localhost', serial: 'None' }, []).kind).toBe('nobody')
  expect(match({}, [], { ...plain, hasSourceId: true }).kind).toBe('new')
})

const few = (values: readonly string[]) => fc.option(fc.constantFrom(...values), { nil: undefined })
const anySaid: fc.Arbitrary<SaidIdentifiers> = fc.record({
  uuid: few([laptop.uuid, '11111111-2222-4333-8444-555555555555']),
  serial: few(['AAA1', 'BBB1', 'None']),
  imei: few(['490154203237518', '356938035643809']),
  hostName: few(['one', 'two']),
  macs: fc.uniqueArray(fc.constantFrom('00105A000001', '00105A000002', 'DAA119000001'), { maxLength: 3 }),
})
const anyCandidates = fc
  .array(fc.record({ said: anySaid, isNamedBySource: fc.boolean(), lastReportMs: fc.nat({ max: 3 }) }), {
    maxLength: 5,
  })
  .map((rows) => rows.map(({ said, ...more }, at) => known(`d${at}`, said, more)))

test('no report becomes part of a device that it contradicts, whatever else they share', () => {
  fc.assert(
    fc.property(anySaid, anyCandidates, fc.boolean(), (said, candidates, hasSourceId) => {
      const { device } = match(said, candidates, { ...plain, hasSourceId })
      const found = candidates.find(({ id }) => id === device)

      expect(found === undefined ? 'open' : relationOf(readIdentifiers(said), found.identifiers)).not.toBe('other')
    }),
    { numRuns: 1000 },
  )
})

test('the order in which candidates are read changes nothing', () => {
  fc.assert(
    fc.property(anySaid, anyCandidates, (said, candidates) => {
      expect(match(said, candidates.toReversed())).toEqual(match(said, candidates))
    }),
    { numRuns: 500 },
  )
})
