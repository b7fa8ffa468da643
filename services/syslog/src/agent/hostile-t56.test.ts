/**
 * T56: TCP cut in the middle of a frame, a collector that restarts, UDP that loses, texts that forge frames.
 */
import { afterEach, expect, test } from 'vitest'
import { decodeMessage } from '@sallygate/protocol-syslog'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import type { SyslogTargetInput } from '../contract.ts'
import { startCollector, startDatagramCollector } from './testing/collector.ts'
import { eventOf, eventsOf, Sender, startService } from './testing/sender.ts'

const stops: (() => Promise<unknown>)[] = []
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop()
})

async function open(settings = {}) {
  const life = await startService(settings)
  stops.push(() => life.stop())
  return life
}

const numbers = (messages: readonly string[]) =>
  messages.map((line) => Number(decodeMessage(line).data[0]?.params[0]?.[1]))
const all = (to: number) => eventsOf(1, to).map(({ number }) => number)

for (const framing of ['octetCounting', 'lineFeed'] as const) {
  test(`T56: connections that are cut in the middle of a frame (${framing}): every event arrives, and none in pieces`, async () => {
    const collector = await startCollector({
      // The first five are cut after some bytes that end within a message, each a little later.
      onConnection(socket, number) {
        let bytes = 0
        if (number > 5) return
        socket.on('data', (chunk) => {
          bytes += chunk.length
          if (bytes > number * 3001) socket.resetAndDestroy()
        })
      },
    })
    stops.push(() => collector.stop())
    const target: SyslogTargetInput = { host: '127.0.0.1', port: collector.port, transport: 'tcp', framing }
    const sender = new Sender(await open(), target)

    await sender.deliver(eventsOf(1, 300), 20)

    expect([...new Set(numbers(collector.messages))].toSorted((a, b) => a - b)).toEqual(all(300))
    expect(collector.connections).toBeGreaterThan(5)
    expect(sender.repeated).toBeGreaterThan(0)
    expect(collector.errors).toEqual([])
    const texts = new Set(collector.messages.map((line) => decodeMessage(line).text))
    expect(texts).toEqual(new Set(['A connector attached to the relay. Berlin']))
  })
}

test('T56: a collector that restarts, over TLS: nothing is missing, and what was not certain came twice', async () => {
  const authority = await makeTlsAuthority()
  const tls = await authority.issue(['localhost'], new Date(), ['127.0.0.1'])
  let collector = await startCollector({ tls })
  const { port } = collector
  const target = { host: '127.0.0.1', port, transport: 'tls', trust: authority.certificate } as const
  const sender = new Sender(await open(), target)
  sender.took(await sender.call(eventsOf(1, 50)))
  await expect.poll(() => collector.messages.length).toBe(50)
  const before = [...collector.messages]
  await collector.stop()

  const delivering = sender.deliver(eventsOf(1, 200))
  await expect.poll(() => sender.failures.length).toBeGreaterThan(1)
  collector = await startCollector({ tls, port })
  stops.push(() => collector.stop())
  await delivering

  expect([...new Set(numbers([...before, ...collector.messages]))]).toEqual(all(200))
  expect(numbers(collector.messages)).toEqual(all(200))
  expect(sender.repeated).toBeGreaterThanOrEqual(50)
})

test('T56: what lay unread in a collector that was killed is sent again', async () => {
  let collector = await startCollector({ reads: false })
  const { port } = collector
  const sender = new Sender(await open(), { host: '127.0.0.1', port, transport: 'tcp' })
  const result = await sender.call(eventsOf(1, 40))
  sender.took(result)
  expect(result).toMatchObject({ state: 'written', written: 40, isConfirmed: false })

  collector.cut()
  await collector.stop()
  collector = await startCollector({ port })
  stops.push(() => collector.stop())
  await sender.deliver(eventsOf(1, 41))

  expect(numbers(collector.messages)).toEqual(all(41))
})

test('T56: over UDP the gaps in the sequence are exactly what was lost', async () => {
  const lost = new Set([3, 4, 50, 117, 118, 119])
  const collector = await startDatagramCollector((number) => lost.has(number))
  stops.push(() => collector.stop())
  const target = { host: '127.0.0.1', port: collector.port, transport: 'udp' } as const

  await new Sender(await open(), target).deliver(eventsOf(1, 200))

  await expect.poll(() => collector.messages.length).toBe(200 - lost.size)
  const found = numbers(collector.messages)
  const gaps = found.reduce((sum, number, at) => sum + number - (found[at - 1] ?? 0) - 1, 0)
  expect(gaps).toBe(lost.size)
})

for (const framing of ['octetCounting', 'lineFeed'] as const) {
  for (const format of ['rfc5424', 'cef', 'leef', 'template'] as const) {
    test(`T56, T66: line feeds, counts and priorities in an event forge no frame (${framing}, ${format})`, async () => {
      const collector = await startCollector()
      stops.push(() => collector.stop())
      const forged = [
        'x\n<0>1 - evil evil - - - forged',
        '\r\n58 <0>1 2026-11-22T12:00:00Z evil evil - - - forged\0',
        '"] [evil@1 a="b"] forged\u2028<0>forged',
        '|CEF:0|evil|evil|1|1|forged|10|act=forged msg=forged ^usrName=root\tusrName=root',
        'User: root Event Data: forged \\',
        '\ud800%by%%%n',
      ]
      const events = forged.map((text, at) =>
        eventOf(at + 1, { about: text.slice(0, 300), says: text, by: text, details: { text, [`a"]= ${at}`]: text } }),
      )
      const target = {
        host: '127.0.0.1',
        port: collector.port,
        transport: 'tcp',
        framing,
        format,
        header: 'rfc5424',
      } as const

      await new Sender(await open(), target).deliver(events)

      expect(collector.messages).toHaveLength(forged.length)
      expect(collector.errors).toEqual([])
      for (const line of collector.messages) {
        const read = decodeMessage(line)
        expect([read.hostName, read.appName, read.messageId]).toEqual(['sallygate-console', 'sallygate', 'SG-1002'])
        expect(read.data.map(({ id }) => id)).not.toContain('evil@1')
      }
    })
  }
}
