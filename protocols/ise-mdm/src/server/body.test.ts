import { expect, test } from 'vitest'
import { readBatch, readIdentifiers, readMessage } from './index.ts'

const bytes = (text: string, encoding: BufferEncoding = 'utf8') => Buffer.from(text, encoding)
const xml = 'application/xml'
const one = '<ise_api><identifier><macaddress>00-26-b4-24-fe-b4</macaddress></identifier></ise_api>'
const found = { by: 'macaddress', value: '0026B424FEB4' }

test.each([
  ['as it is', one, xml],
  ['with a prolog and a mark', `\ufeff<?xml version="1.0" encoding="UTF-8"?>\n${one}`, xml],
  ['with prefixes and capitals', one.replaceAll(/(<\/?)(\w)/g, '$1c:$2').replaceAll('macaddress', 'MacAddress'), xml],
  ['under a type that is wrong', one, 'application/x-www-form-urlencoded'],
  [
    'as a part of a form',
    `--xyz\r\nContent-Disposition: form-data; name="a"\r\n\r\n1\r\n--xyz\r\nContent-Type: text/xml\r\n\r\n${one}\r\n--xyz--\r\n`,
    'multipart/form-data; boundary=xyz',
  ],
])('an identifier is found in a body %s', (_how, body, type) => {
  expect(readIdentifiers(bytes(body), type)).toEqual([found])
})

test('several devices may be named, in several ways', () => {
  const body = '<ise_api><identifier><guid>{ABC}</guid><guid>d</guid><guidhn>PC1</guidhn></identifier></ise_api>'

  expect(readIdentifiers(bytes(body), xml)).toEqual([
    { by: 'guid', value: 'abc' },
    { by: 'guid', value: 'd' },
    { by: 'guidhn', value: 'pc1' },
  ])
})

test('a message has its words', () => {
  const message =
    '<message><message_type>Alert</message_type><message_header>Hi</message_header><message_body>Call &amp; tell</message_body></message>'

  expect(readMessage(bytes(one.replace('</ise_api>', `${message}</ise_api>`)), xml)).toEqual({
    identifiers: [found],
    type: 'Alert',
    header: 'Hi',
    body: 'Call & tell',
  })
})

test.each([
  ['elements', '<ise_api><value>0026B424FEB4</value><value>02-00-00-00-00-01</value></ise_api>', xml],
  ['a list with commas', '<ise_api><x><value>0026B424FEB4,020000000001</value></x></ise_api>', xml],
  ['a form', 'value=00%3A26%3Ab4%3A24%3Afe%3Ab4&value=020000000001', 'application/x-www-form-urlencoded'],
])('a batch comes as %s', (_how, body, type) => {
  expect(readBatch(bytes(body), type, new Map())).toEqual([found, { by: 'macaddress', value: '020000000001' }])
})

test.each([
  ['a document type', '<!DOCTYPE a [<!ENTITY b "c">]><ise_api><guid>&b;</guid></ise_api>', 'utf8'],
  ['an external entity', '<!DOCTYPE a SYSTEM "file:///etc/passwd"><ise_api/>', 'utf8'],
  ['an entity nobody declared', '<ise_api><guid>&b;</guid></ise_api>', 'utf8'],
  ['UTF-16', '<ise_api/>', 'utf16le'],
  ['UTF-7', '<?xml version="1.0" encoding="UTF-7"?><ise_api/>', 'utf8'],
  ['UTF-7 without saying so', '+ADw-ise_api/+AD4-', 'utf8'],
  ['broken UTF-8', '<ise_api>\xc3\x28</ise_api>', 'latin1'],
  ['no end', '<ise_api><identifier>', 'utf8'],
  ['nothing', '', 'utf8'],
  ['a depth nobody needs', `${'<a>'.repeat(100)}${'</a>'.repeat(100)}`, 'utf8'],
] as const)('a body with %s is refused', (_what, body, encoding) => {
  expect(() => readIdentifiers(bytes(body, encoding), xml)).toThrow(
    expect.objectContaining({ code: expect.stringMatching(/^BASE_(?:MALFORMED|TOO_LARGE)$/) }),
  )
})

test('a bomb is refused before it goes off', () => {
  const entities = Array.from({ length: 30 }, (_, at) => `<!ENTITY e${at + 1} "&e${at};&e${at};">`).join('')
  const started = performance.now()

  expect(() => readIdentifiers(bytes(`<!DOCTYPE a [<!ENTITY e0 "x">${entities}]><a>&e30;</a>`), xml)).toThrow(
    expect.objectContaining({ code: 'BASE_MALFORMED' }),
  )
  expect(performance.now() - started).toBeLessThan(500)
})
