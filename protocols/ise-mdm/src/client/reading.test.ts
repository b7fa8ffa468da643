import { describe, expect, test } from 'vitest'
import { readDevicePage } from './device-list.ts'
import { readMdmInfo } from './mdm-info.ts'
import { infoXml, listXml } from './testing/mdm-server.ts'

const bytes = (text: string) => Buffer.from(text)
const anybody = { guid: '5c7e0d4e-0000-4000-8000-000000000001', mac: 'AABBCCDDEEFF', isCompliant: false }

describe('mdminfo', () => {
  test('says version, path, page size', () => {
    const { value, remarks } = readMdmInfo(bytes(infoXml()), 3)

    expect(value).toMatchObject({
      apiVersion: 3,
      apiPath: '/ciscoise/mdmapi/v3',
      queryMaxSize: 2,
      supportsMessaging: true,
    })
    expect(remarks).toEqual([])
  })

  test('the dress that Intune’s wears is read, and remarked on', () => {
    const dressed = infoXml()
      .replace(
        '<ise_api>',
        '<ise_api xmlns="http://schemas.example/2004/07" xmlns:i="http://www.w3.org/2001/XMLSchema-instance">',
      )
      .replaceAll('api_version', 'Api_Version')

    const { value, remarks } = readMdmInfo(bytes(dressed), 3)

    expect(value.apiVersion).toBe(3)
    expect(remarks.join(' ')).toMatch(/default namespace.*capitals/)
  })

  test('prefixed elements are read, and remarked on', () => {
    const prefixed = infoXml().replaceAll(/<(\/?)(?!\?)/g, '<$1mdm:')

    expect(readMdmInfo(bytes(prefixed), 3).remarks.join()).toContain('PacketFence')
  })

  test('the schema of version 1, which has no api_version', () => {
    const old = infoXml().replace('<api_version>3</api_version>', '')

    expect(readMdmInfo(bytes(old), 1).value.apiVersion).toBe(1)
  })

  test('a version that was not offered is a mismatch', () => {
    expect(() => readMdmInfo(bytes(infoXml()), 2)).toThrow(expect.objectContaining({ code: 'ISE_CLIENT_VERSION' }))
  })

  test.each(['https://elsewhere.example/x', '//elsewhere.example', '/a/../b', '/a b', '', 'relative', '/a\r\nHost: x'])(
    'an api_path that leads elsewhere is refused: %j',
    (path) => {
      const evil = infoXml({ api_path: path.replaceAll('\r\n', '&#13;&#10;') })

      expect(() => readMdmInfo(bytes(evil), 3)).toThrow(
        expect.objectContaining({ code: 'ISE_CLIENT_ANSWER_UNREADABLE' }),
      )
    },
  )

  test('a sign-in page is not an answer', () => {
    expect(() => readMdmInfo(bytes('<!doctype html><html><body>Sign in</body></html>'), 3)).toThrow(
      expect.objectContaining({ code: 'ISE_CLIENT_ANSWER_UNREADABLE' }),
    )
  })
})

describe('device lists', () => {
  test('a device with its verdict, its reasons and its addresses', () => {
    const { value, remarks } = readDevicePage(bytes(listXml([anybody], '7')))

    expect(value).toMatchObject({
      nextToken: '7',
      devices: [
        {
          guid: anybody.guid,
          macAddresses: ['AABBCCDDEEFF'],
          isRegistered: true,
          isCompliant: false,
          failureReason: 'No PIN',
          lastCheckInMs: 1790000000000,
        },
      ],
    })
    expect(remarks).toEqual([])
  })

  test('what is left out stays unknown, never false', () => {
    const thin =
      '<ise_api><name>attributes</name><deviceList><device><attributes><udid/><compliance><status>true</status></compliance></attributes></device></deviceList></ise_api>'

    const [device] = readDevicePage(bytes(thin)).value.devices

    expect(device).toMatchObject({
      isCompliant: true,
      isRegistered: undefined,
      isJailBroken: undefined,
      udid: undefined,
    })
  })

  test.each(['<deviceList/>', '<deviceList></deviceList>', '<deviceList>\n</deviceList>', ''])(
    'nobody, written as %j',
    (list) => {
      const empty = `<ise_api><name>attributes</name><paging_info>0</paging_info>${list}</ise_api>`

      expect(readDevicePage(bytes(empty)).value).toMatchObject({ devices: [], nextToken: undefined })
    },
  )

  test('MAC addresses and GUIDs in any writing come out in one', () => {
    const odd = listXml([{ ...anybody, mac: 'aa-bb-cc-dd-ee-01,aa:bb:cc:dd:ee:02', guid: '{ABC}' }])

    const [device] = readDevicePage(bytes(odd)).value.devices

    expect(device?.macAddresses).toEqual(['AABBCCDDEE01', 'AABBCCDDEE02'])
    expect(device?.guid).toBe('abc')
  })

  test('an answer to another question is refused', () => {
    expect(() => readDevicePage(bytes(infoXml()))).toThrow(
      expect.objectContaining({ code: 'ISE_CLIENT_ANSWER_UNREADABLE' }),
    )
  })
})
