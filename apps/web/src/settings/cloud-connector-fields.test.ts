import { expect, test } from 'vitest'
import { cloudConnectorFields } from './cloud-connector-fields.ts'

test('a service the page says nothing about goes through connectors', () => {
  const page = { values: { services: { value: { directory: 'off' }, from: 'above' as const } } }

  expect(cloudConnectorFields(page, ['directory', 'mail'])).toMatchObject({
    isEnabled: true,
    relayUrlChoice: 'external',
    services: { directory: 'off', mail: 'connectors' },
    components: { deviceServices: true, other: true },
  })
})
