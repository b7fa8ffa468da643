import { expect, test } from 'vitest'
import { originOf } from './session-origin.ts'

const chrome = 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36'

test.each([
  [chrome, 'Chrome on Linux'],
  [`${chrome} Edg/142.0.0.0`.replace('X11; Linux x86_64', 'Windows NT 10.0; Win64; x64'), 'Edge on Windows'],
  ['Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0', 'Firefox on Linux'],
  [
    'Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.1 Safari/605.1.15',
    'Safari on macOS',
  ],
  [
    'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) CriOS/142.0 Mobile/15E148 Safari/604.1',
    'Chrome on iPhone',
  ],
  ['Mozilla/5.0 (Linux; Android 15) AppleWebKit/537.36 Chrome/142.0.0.0 Mobile Safari/537.36', 'Chrome on Android'],
  ['curl/8.5.0', undefined],
  ['', undefined],
  [undefined, undefined],
  ['=HYPERLINK("http://evil.example") <script>alert(1)</script>', undefined],
  [`${'x'.repeat(100_000)} Firefox/1`, undefined],
])('%s is called %s', (userAgent, browser) => {
  expect(originOf(userAgent, '192.0.2.1').browser).toBe(browser)
})

test.each([
  ['192.0.2.1', 'IPv4'],
  ['::ffff:192.0.2.1', 'IPv4'],
  ['2001:db8::1', 'IPv6'],
  ['::1', 'IPv6'],
  ['fe80::1%eth0', 'IPv6'],
  ['', undefined],
])('%s is an address of %s', (source, family) => {
  expect(originOf(undefined, source).addressFamily).toBe(family)
})
