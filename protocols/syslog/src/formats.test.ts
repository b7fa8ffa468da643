import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  cefKey,
  cutBytes,
  cutText,
  decodeCef,
  decodeLeef,
  decodeLegacy,
  decodeMessage,
  Deframer,
  encodeCef,
  encodeLeef,
  encodeLegacy,
  encodeMessage,
  facilities,
  frame,
  framings,
  leastMessageBytes,
  lineOf,
  parseTemplate,
  readPriority,
  readTemplate,
  renderTemplate,
  severities,
  type FacilityName,
  type SeverityName,
} from './index.ts'

/** Anything a program can hold in a string: control characters, quotes, half characters, whole ones beyond the first plane. */
const anyText = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({
    unit: fc.constantFrom(...'"\\]|=: \n\r\t\0;^~!<>%1'.split(''), '\ud800', '\u{1f600}', 'é', '\ufeff', '[x y="z"]'),
  }),
)
const facility = fc.constantFrom(...(Object.keys(facilities) as FacilityName[]))
const severity = fc.constantFrom(...(Object.keys(severities) as SeverityName[]))
const name = fc.stringMatching(/^[A-Za-z][A-Za-z0-9._@-]{0,15}$/)
const field = fc.stringMatching(/^[!-~]{1,30}$/).filter((text) => text !== '-')
const time = fc.date({
  min: new Date('2000-01-01T00:00:00Z'),
  max: new Date('2090-01-01T00:00:00Z'),
  noInvalidDate: true,
})
// oxlint-disable-next-line no-control-regex -- what must not be in a line
const lineEnds = /[\u0000-\u0008\u000a-\u001f\u007f-\u009f\u2028\u2029]/

const message = fc.record({
  facility,
  severity,
  at: time,
  hostName: field,
  appName: field,
  processId: field,
  messageId: field,
  data: fc.array(fc.record({ id: name, params: fc.array(fc.tuple(name, anyText), { maxLength: 4 }) }), {
    maxLength: 3,
  }),
  text: anyText,
})

describe('RFC 5424', () => {
  test('decoding undoes encoding, whatever Unicode is in a value, and the message is one line', () => {
    fc.assert(
      fc.property(message, fc.constantFrom('asNeeded' as const, 'never' as const), (given, byteOrderMark) => {
        const line = encodeMessage(given, { maxBytes: 1_000_000, byteOrderMark })
        const read = decodeMessage(line)

        expect(line).not.toMatch(lineEnds)
        expect(read.data).toEqual(
          given.data.map(({ id, params }) => ({ id, params: params.map(([key, value]) => [key, lineOf(value)]) })),
        )
        const text = given.text.split('\t').map(lineOf).join('\t')
        expect(read.text).toBe(byteOrderMark === 'never' ? text.replace(/^\ufeff+/, '') : text)
        expect({ ...read, data: [], text: '' }).toEqual({ ...given, data: [], text: '' })
      }),
    )
  })

  test('a message is never longer than asked, stays well-formed, and every value in it is whole', () => {
    fc.assert(
      fc.property(message, anyText, fc.integer({ min: 0, max: 4000 }), (given, text, maxBytes) => {
        const long = { ...given, text: text.repeat(200) }
        const line = encodeMessage(long, { maxBytes })
        const read = decodeMessage(line)

        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(Math.max(leastMessageBytes, maxBytes))
        expect(line.isWellFormed()).toBe(true)
        for (const [at, { id, params }] of read.data.entries()) {
          expect(given.data[at]?.id).toBe(id)
          expect(given.data[at]?.params.slice(0, params.length).map(([key, value]) => [key, lineOf(value)])).toEqual(
            params,
          )
        }
      }),
    )
  })

  test('text that is not ASCII has a byte order mark before it, ASCII has none', () => {
    const of = (text: string) =>
      encodeMessage({
        facility: 'local0',
        severity: 'info',
        at: new Date('2026-11-22T12:00:00.123Z'),
        hostName: 'h',
        appName: 'a',
        processId: '',
        messageId: '',
        data: [],
        text,
      })

    expect(of('plain')).toBe('<134>1 2026-11-22T12:00:00.123Z h a - - - plain')
    expect(of('é')).toBe('<134>1 2026-11-22T12:00:00.123Z h a - - - \ufeffé')
    expect(of('')).toBe('<134>1 2026-11-22T12:00:00.123Z h a - - -')
  })

  test.each([
    'no priority',
    '<192>1 - h a p m -',
    '<034>1 - h a p m -',
    '<34>2 - h a p m -',
    '<34>1 yesterday h a p m -',
    '<34>1 - h a p m [x y="z]',
    '<34>1 - h a p m [x y="z"]text',
    '<34>1 - h a p m x',
    '<34>1 - h a p',
  ])('%s is refused by name', (line) => {
    expect(() => decodeMessage(line)).toThrow(expect.objectContaining({ code: 'SYSLOG_FORMAT_MALFORMED' }))
  })
})

test('the older header: decoding undoes encoding', () => {
  fc.assert(
    fc.property(facility, severity, time, field, fc.stringMatching(/^[A-Za-z]{1,20}$/), anyText, (...given) => {
      const [f, s, at, hostName, tag, text] = given
      const second = new Date(Math.floor(at.getTime() / 1000) * 1000)
      const line = encodeLegacy({ facility: f, severity: s, at: second, hostName, tag, text }, 1_000_000)

      expect(line).not.toMatch(lineEnds)
      expect(decodeLegacy(line, second.getUTCFullYear())).toEqual({
        facility: f,
        severity: s,
        at: second,
        hostName,
        tag,
        text: text.split('\t').map(lineOf).join('\t'),
      })
    }),
  )
})

const keyed = fc.array(
  fc.tuple(
    name.map(cefKey),
    anyText.filter((text) => text !== ''),
  ),
  { maxLength: 6 },
)

test('CEF: decoding undoes encoding, in the header and in the fields', () => {
  fc.assert(
    fc.property(anyText, anyText, fc.integer({ min: 0, max: 10 }), keyed, (vendor, title, level, fields) => {
      const event = { vendor, product: 'p', version: '1', signature: 'SG-1', name: title, severity: level, fields }

      expect(decodeCef(encodeCef(event))).toEqual({
        ...event,
        vendor: lineOf(vendor),
        name: lineOf(title),
        fields: fields.map(([key, value]) => [key, lineOf(value)]),
      })
    }),
  )
})

test('LEEF: decoding undoes encoding, with whatever delimiter the values leave free', () => {
  fc.assert(
    fc.property(keyed, (fields) => {
      const event = { vendor: 'v', product: 'p', version: '1', eventId: 'SG-1', fields }

      expect(decodeLeef(encodeLeef(event))).toEqual({
        ...event,
        fields: fields.map(([key, value]) => [key, lineOf(value)]),
      })
    }),
  )
})

test('CEF and LEEF leave out whole fields where there is no room, and never cut one', () => {
  fc.assert(
    fc.property(keyed, fc.integer({ min: 40, max: 200 }), (fields, maxBytes) => {
      const cef = encodeCef(
        { vendor: 'v', product: 'p', version: '1', signature: 's', name: 'n', severity: 1, fields },
        maxBytes,
      )
      const leef = encodeLeef({ vendor: 'v', product: 'p', version: '1', eventId: 's', fields }, maxBytes)
      const all = fields.map(([key, value]) => `${key}\0${lineOf(value)}`)

      for (const [line, read] of [
        [cef, decodeCef(cef)],
        [leef, decodeLeef(leef)],
      ] as const) {
        expect(Buffer.byteLength(line)).toBeLessThanOrEqual(maxBytes)
        expect(all).toEqual(expect.arrayContaining(read.fields.map(([key, value]) => `${key}\0${value}`)))
      }
    }),
  )
})

describe('templates', () => {
  const names = ['user', 'event', 'data']
  const line = 'Details Event: %event% User: %user% Event Data: %data%'

  test('what was put in is taken out again, whatever it is', () => {
    const templates = [
      line,
      'a=%event%;b="%user%"',
      '%user%: %event% | %user%',
      '100%% %user%: %event% <end>',
      '%data%',
    ]
    fc.assert(
      fc.property(fc.constantFrom(...templates), anyText, anyText, anyText, (text, user, event, data) => {
        const template = parseTemplate(text, names)
        const values = { user, event, data }
        const rendered = renderTemplate(template, values)

        expect(rendered).not.toMatch(lineEnds)
        expect(readTemplate(template, rendered)).toEqual(
          template.parts.map(({ name: key }) => [key, lineOf(values[key as keyof typeof values])]),
        )
      }),
    )
  })

  test('T66: a value that looks like the next key stays a value, and names in values are not names', () => {
    const rendered = renderTemplate(parseTemplate(line, names), {
      event: 'x User: root',
      user: '%data%',
      data: 'User: root',
    })

    expect(rendered).toBe(String.raw`Details Event: x User\: root User: %data% Event Data: User: root`)
  })

  test.each([
    '%user%%event%',
    '%user% %event%',
    '%nobody%',
    'nothing',
    '%user',
    'a\\: %user%',
    'two\nlines %user%',
    `${'x'.repeat(5000)}%user%`,
  ])('%j is refused', (text) => {
    expect(() => parseTemplate(text, names)).toThrow(expect.objectContaining({ code: 'SYSLOG_FORMAT_TEMPLATE' }))
  })
})

describe('framing', () => {
  test('T56: no value makes a frame: what goes in as messages comes out as the same messages, in whatever pieces', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ forged: anyText, framing: fc.constantFrom(...framings) }), { maxLength: 8 }),
        fc.infiniteStream(fc.integer({ min: 1, max: 40 })),
        (messages, sizes) => {
          const lines = messages.map(({ forged }) => lineOf(`<13>1 - h a - - - 5 <1>x\n<0>${forged}`))
          const wire = Buffer.concat(lines.map((one, at) => frame(one, messages[at]?.framing ?? 'lineFeed')))
          const deframer = new Deframer()
          const found: string[] = []
          for (let at = 0; at < wire.length;) {
            const size = sizes.next().value
            found.push(...deframer.push(wire.subarray(at, at + size)))
            at += size
          }

          expect(found).toEqual(lines)
          expect(deframer.waitingBytes).toBe(0)
        },
      ),
    )
  })

  test.each(['99999999 x', '0 x', '01 x', '12x4 <1>', '70000 x', '<'.repeat(70_000)])(
    'what is no frame ends the stream: %j',
    (text) => {
      expect(() => new Deframer().push(Buffer.from(text))).toThrow(
        expect.objectContaining({ code: 'SYSLOG_FORMAT_FRAME' }),
      )
    },
  )
})

test('text is cut between characters', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), fc.nat(40), (text, bytes) => {
      const whole = lineOf(text)

      expect(whole.startsWith(cutBytes(whole, bytes))).toBe(true)
      expect(Buffer.byteLength(cutText(whole, bytes))).toBeLessThanOrEqual(bytes)
    }),
  )
  expect(cutText('aé€', 5)).toBe('aé...'.slice(0, 1) + '...')
  expect(cutBytes('aé€', 5)).toBe('aé')
})

test('a priority is read as it was written, and only so', () => {
  fc.assert(
    fc.property(fc.nat(400), (value) => {
      const read = readPriority(String(value))

      expect(read === undefined).toBe(value > 191)
      if (read !== undefined) expect(facilities[read.facility] * 8 + severities[read.severity]).toBe(value)
    }),
  )
})
