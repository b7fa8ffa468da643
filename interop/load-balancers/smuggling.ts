/**
 * Thirty requests that two parsers in a row may read as different numbers of requests.
 *
 * In each, whatever the one takes for a body holds a request for the other. The shapes
 * are those of the public write-ups on request smuggling; the relay's port is plain
 * behind a load balancer that ends TLS.
 *
 * @module
 */

const hidden = 'GET /status HTTP/1.1\r\nHost: hidden\r\n\r\n'
const chunk = (text: string) => `${Buffer.byteLength(text).toString(16)}\r\n${text}\r\n`

interface Shape {
  readonly line?: string
  readonly headers: readonly string[]
  readonly body: string
  /** Between the lines of the head. */
  readonly end?: string
}

const shape = ({ line = 'POST /none HTTP/1.1', headers, body, end = '\r\n' }: Shape) =>
  Buffer.from([line, 'Host: localhost', ...headers, '', body].join(end), 'latin1')

const both = (transfer: string, length = 4): Shape => ({
  headers: [`Content-Length: ${length}`, transfer],
  body: `0\r\n\r\n${hidden}`,
})

const shapes: readonly (readonly [string, Shape])[] = [
  ['a length and chunks', both('Transfer-Encoding: chunked')],
  ['chunks and a length', { headers: ['Transfer-Encoding: chunked', 'Content-Length: 4'], body: `0\r\n\r\n${hidden}` }],
  ['a length that covers the hidden one, and chunks', both('Transfer-Encoding: chunked', hidden.length + 5)],
  ['chunked behind a space', both('Transfer-Encoding : chunked')],
  ['chunked behind a tab', both('Transfer-Encoding:\tchunked')],
  ['chunked on a folded line', both('Transfer-Encoding:\r\n chunked')],
  [
    'chunked twice',
    {
      headers: ['Transfer-Encoding: chunked', 'Transfer-Encoding: chunked', 'Content-Length: 4'],
      body: `0\r\n\r\n${hidden}`,
    },
  ],
  [
    'chunked and identity',
    {
      headers: ['Transfer-Encoding: chunked', 'Transfer-Encoding: identity', 'Content-Length: 4'],
      body: `0\r\n\r\n${hidden}`,
    },
  ],
  ['chunked in a list', both('Transfer-Encoding: identity, chunked')],
  ['an unknown coding', both('Transfer-Encoding: xchunked')],
  ['chunked with a vertical tab', both('Transfer-Encoding: \x0bchunked')],
  ['chunked with a quote', both('Transfer-Encoding: "chunked"')],
  ['chunked in capitals', both('TRANSFER-ENCODING: CHUNKED')],
  ['a NUL in the name', both('Transfer-\0Encoding: chunked')],
  ['a bare CR before it', both('X: y\rTransfer-Encoding: chunked')],
  ['a bare LF before it', both('X: y\nTransfer-Encoding: chunked')],
  ['two different lengths', { headers: ['Content-Length: 0', `Content-Length: ${hidden.length}`], body: hidden }],
  [
    'two equal lengths',
    { headers: [`Content-Length: ${hidden.length}`, `Content-Length: ${hidden.length}`], body: hidden },
  ],
  ['a list of lengths', { headers: [`Content-Length: 0, ${hidden.length}`], body: hidden }],
  ['a length with a sign', { headers: [`Content-Length: +${hidden.length}`], body: hidden }],
  ['a negative length', { headers: ['Content-Length: -1'], body: hidden }],
  ['a length in hexadecimal', { headers: [`Content-Length: 0x${hidden.length.toString(16)}`], body: hidden }],
  ['a length with a space in it', { headers: ['Content-Length: 1 0'], body: hidden }],
  ['a length beyond 64 bits', { headers: ['Content-Length: 18446744073709551616'], body: hidden }],
  [
    'chunk extensions',
    { headers: ['Transfer-Encoding: chunked'], body: `5;a=${'b'.repeat(20)}\r\nhello\r\n0\r\n\r\n${hidden}` },
  ],
  ['a chunk size with a bare LF', { headers: ['Transfer-Encoding: chunked'], body: `5\nhello\r\n0\r\n\r\n${hidden}` }],
  [
    'a chunk size beyond 64 bits',
    { headers: ['Transfer-Encoding: chunked'], body: `10000000000000005\r\nhello\r\n0\r\n\r\n${hidden}` },
  ],
  [
    'trailers that are a request',
    {
      headers: ['Transfer-Encoding: chunked'],
      body: `${chunk('hello')}0\r\nGET /status HTTP/1.1\r\nHost: hidden\r\n\r\n`,
    },
  ],
  ['bare LF all over', { headers: ['Content-Length: 0'], body: hidden, end: '\n' }],
  [
    'an absolute URI with another host',
    { line: 'POST http://hidden/none HTTP/1.1', headers: ['Content-Length: 0'], body: hidden },
  ],
]

export const smuggling = shapes.map(([name, one]) => ({ name, bytes: shape(one) }))
