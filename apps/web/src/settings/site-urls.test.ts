import { expect, test } from 'vitest'
import { externalUrlOf, relaySettingsOf, siteUrlFields } from './site-urls.ts'

test.each([
  'https://relay.example.com/awcm',
  'https://relay.example.com:2001/awcm',
  'wss://r.test:444/',
  'http://r.test/',
])('%s comes back as it was', (externalUrl) => {
  const relay = { enabled: true, externalUrl, internalUrl: 'https://inside:2001/awcm' }

  expect(relaySettingsOf(siteUrlFields(relay))).toEqual(relay)
})

test('the port stands apart, and one typed into the URL counts while its field is empty', () => {
  const fields = siteUrlFields({ enabled: true, externalUrl: 'https://r.test:2001/awcm' })

  expect(fields).toMatchObject({ externalUrl: 'https://r.test/awcm', externalPort: 2001 })
  expect(externalUrlOf({ ...fields, externalUrl: 'https://r.test:9/', externalPort: '' })).toBe('https://r.test:9/')
  expect(externalUrlOf({ ...fields, externalUrl: 'no address' })).toBe('no address')
})

test('without an internal address the console takes the external one', () => {
  expect(relaySettingsOf({ ...siteUrlFields({ enabled: false }), externalUrl: 'https://r.test/' })).toEqual({
    enabled: true,
    externalUrl: 'https://r.test/',
    internalUrl: 'https://r.test/',
  })
})
