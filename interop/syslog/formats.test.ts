/**
 * Every transport and every format, parsed by real collectors into the fields that were sent.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { lineOf } from '@sallygate/protocol-syslog'
import type { ServiceLife } from '@sallygate/service-kit'
import { partsOf, type SyslogEvent, type SyslogTargetInput } from '@sallygate/service-syslog/contract'
import { testContext } from '@sallygate/testkit/service-host'
import { eventOf, Sender, startService } from '../../services/syslog/src/agent/testing/sender.ts'
import { airWatchKeys, RealCollector, type Recorded } from './collector.ts'
import { rsyslog } from './rsyslog.ts'
import { syslogNg } from './syslog-ng.ts'

/** Whatever a format uses to tell its parts apart, in values of it, and a line feed. */
const hard = (number: number): SyslogEvent =>
  eventOf(number, {
    severity: 'error',
    about: 'Grüße 世界 "q" ]b[ \\ x|y c^d User: root',
    by: 'CORP\\ada',
    source: '10.0.0.1',
    details: { text: '<0>1 - evil - - - - 5 x', count: 5, lines: 'two\nlines', json: '{"a":[1]}' },
  })
/** syslog-ng’s kv-parser takes ` word=` for the next key whatever separates the pairs, so there it is left out of LEEF. */
const equals = ' to=nobody msg=forged a==b='

const kinds = [rsyslog, syslogNg]
for (const { name, missing } of kinds) if (missing !== undefined) console.warn(`${name} skipped: ${missing}`)

for (const kind of kinds) {
  describe.skipIf(kind.missing !== undefined)(
    `${kind.name}${kind.missing === undefined ? ` ${kind.version()}` : ''}`,
    () => {
      let collector: RealCollector
      let life: ServiceLife
      let number = 0
      beforeAll(async () => {
        collector = await RealCollector.start(kind)
        life = await startService()
      }, 60_000)
      afterAll(async () => {
        await life.stop()
        await collector.remove()
      })

      const ways = (): Readonly<Record<string, SyslogTargetInput>> => ({
        UDP: { host: '127.0.0.1', port: collector.ports.udp, transport: 'udp' },
        'TCP with octet counting': { host: '127.0.0.1', port: collector.ports.tcp, transport: 'tcp' },
        'TCP with line feeds': {
          host: '127.0.0.1',
          port: collector.ports.lines,
          transport: 'tcp',
          framing: 'lineFeed',
        },
        'TLS with a client certificate': {
          host: 'localhost',
          port: collector.ports.tls,
          transport: 'tls',
          trust: collector.certificates.authority,
          clientCertificate: collector.certificates.sender.cert,
        },
      })
      const keyFor = (target: SyslogTargetInput) =>
        target.transport === 'tls' ? collector.certificates.sender.key : undefined

      const send = async (target: SyslogTargetInput, event: SyslogEvent): Promise<Recorded> => {
        const before = collector.recorded().length
        await new Sender(life, target, keyFor(target)).deliver([event])
        await expect.poll(() => collector.recorded().length, { timeout: 10_000 }).toBe(before + 1)
        return collector.recorded().at(-1) as Recorded
      }
      const ended = (pairs: readonly (readonly [string, string])[]) =>
        Object.fromEntries(pairs.map(([name, value]) => [name, lineOf(value)]))

      for (const way of ['UDP', 'TCP with octet counting', 'TCP with line feeds', 'TLS with a client certificate']) {
        test(`RFC 5424 over ${way}: header, text and structured data`, async () => {
          const event = { ...hard(++number), about: `${hard(1).about}${equals}` }
          const found = await send(ways()[way] as SyslogTargetInput, event)
          const parts = partsOf(event)

          expect(found).toMatchObject({ pri: '131', host: 'sallygate-console', app: 'sallygate', msgid: 'SG-1002' })
          expect(new Date(found.time).toISOString().slice(0, 19)).toBe('2026-11-22T12:00:00')
          // rsyslog keeps the byte order mark in the text, syslog-ng takes it away.
          expect(found.msg.replace(/^\ufeff/, '')).toBe(parts.text)
          expect(found.sd).toEqual(Object.fromEntries(parts.data.map(({ id, params }) => [id, ended(params)])))
        })

        for (const header of ['rfc3164', 'rfc5424'] as const) {
          test(`CEF behind an ${header} header over ${way}`, async () => {
            const event = { ...hard(++number), about: `${hard(1).about}${equals}` }
            const found = await send({ ...(ways()[way] as SyslogTargetInput), format: 'cef', header }, event)
            const { cef } = partsOf(event)

            const {
              rt: _rt,
              t: _t,
              ...fields
            } = Object.fromEntries(
              Object.entries(found.cef).map(([key, value]) => [key, unescaped(kind.name, key, value)]),
            )
            // liblognorm, which is rsyslog's, swallows the first sign of the first key: there is none that is missed less than the time.
            const { rt: _ours, ...sent } = ended(cef.fields)
            expect(fields).toEqual({
              DeviceVendor: cef.vendor,
              DeviceProduct: cef.product,
              DeviceVersion: cef.version,
              SignatureID: cef.signature,
              Name: cef.name,
              Severity: '8',
              ...sent,
            })
            expect(found).toMatchObject({ pri: '131', host: 'sallygate-console' })
          })

          test(`LEEF behind an ${header} header over ${way}`, async () => {
            const event = { ...hard(++number), about: `${hard(1).about}${kind === syslogNg ? '' : equals}` }
            const found = await send({ ...(ways()[way] as SyslogTargetInput), format: 'leef', header }, event)

            expect(found.leef).toEqual(ended(partsOf(event).leef.fields))
          })

          test(`AirWatch’s line behind an ${header} header over ${way}: no value runs into the next key`, async () => {
            const event = hard(++number)
            const found = await send({ ...(ways()[way] as SyslogTargetInput), format: 'template', header }, event)
            const { template } = partsOf(event)

            const names = [
              'type',
              'name',
              'by',
              'source',
              'module',
              'category',
              'data',
              'id',
              'severity',
              'sequence',
              'key',
              'timestamp',
            ]
            const read = airWatchKeys.map((key) => [key, (found.airWatch[key] ?? '').replace(/\\([\\:])/g, '$1')])
            expect(read).toEqual(airWatchKeys.map((key, at) => [key, lineOf(template[names[at] as string] ?? '')]))
          })
        }
      }

      test('a message of the largest size arrives whole, and a larger one cut at a character', async () => {
        const event = hard(++number)
        const text = '世'.repeat(2000)
        const details = Object.fromEntries(Array.from({ length: 4 }, (_, at) => [`part${at}`, text]))
        const target = ways()['TCP with octet counting'] as SyslogTargetInput
        const whole = await send({ ...target, maxMessageBytes: 60_000 }, { ...event, details })
        const cut = await send(
          { ...target, maxMessageBytes: 8192 },
          { ...event, number: ++number, sequence: number, details },
        )

        expect(Object.values(whole.sd['details@32473'] ?? {})).toEqual([text, text, text, text])
        expect(Object.values(cut.sd['details@32473'] ?? {})).toEqual([text])
      })

      test('TLS: without a certificate, and with one that is not permitted, the check says whose fault it is', async () => {
        const {
          trust,
          clientCertificate: _,
          ...target
        } = ways()['TLS with a client certificate'] as SyslogTargetInput & { readonly trust: string }
        const { stranger } = collector.certificates
        const codeOf = async (more: Partial<SyslogTargetInput>, clientKey?: string) => {
          const params = {
            target: { ...target, trust, ...more },
            event: eventOf(1),
            ...(clientKey === undefined ? {} : { clientKey }),
          }
          const { rows } = (await life.run('check', params, testContext())) as {
            rows: readonly { result: string; code?: string }[]
          }
          return rows.find(({ result }) => result === 'failed')?.code
        }

        expect(await codeOf({})).toBe('SYSLOG_TLS_CLIENT_REFUSED')
        expect(await codeOf({ clientCertificate: stranger.cert }, stranger.key)).toBe('SYSLOG_TLS_CLIENT_REFUSED')
        expect(await codeOf({ certificateName: 'logs.lab.test' })).toBe('SYSLOG_TLS_WRONG_NAME')
        expect(
          await codeOf({ clientCertificate: collector.certificates.sender.cert }, collector.certificates.sender.key),
        ).toBeUndefined()
      })
    },
  )
}

/** syslog-ng's kv-parser finds the pairs of CEF, and leaves their escapes as they are. */
function unescaped(kind: string, key: string, value: string): string {
  return kind === 'syslog-ng' && !/^[A-Z]/.test(key) ? value.replace(/\\([\\=])/g, '$1') : value
}
