/**
 * nac asked by a real FreeRADIUS for real EAP-TLS authentications.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { missingProgram } from '@sallygate/testkit/peers'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NacInTest } from '../../apps/nac/src/testing/nac-in-test.ts'
import { deviceRecord, sampleDevice, sampleGuid } from '../../apps/nac/src/testing/sample-records.ts'
import { makeDeviceCertificates, type DeviceCertificates } from './certificates.ts'
import { startRadius, type Radius } from './radius-server.ts'
import { joinNetwork, type Joined } from './supplicant.ts'

const missing =
  missingProgram('freeradius', 'Debian package freeradius') ??
  missingProgram('eapol_test', 'Debian package eapoltest') ??
  missingProgram('radclient', 'Debian package freeradius-utils')
if (missing !== undefined) console.log(`skipped: interop with FreeRADIUS, ${missing}`)

describe.skipIf(missing !== undefined)('FreeRADIUS', () => {
  const home = mkdtempSync(join(tmpdir(), 'sallygate-radius-'))
  let nac: NacInTest
  let radius: Radius
  let certificates: DeviceCertificates

  beforeAll(async () => {
    nac = await NacInTest.start([
      deviceRecord(sampleDevice(1)),
      deviceRecord(sampleDevice(2, { compliant: false, failureReason: 'Passcode missing', remediation: 'Set one' })),
      deviceRecord(sampleDevice(3, { registered: false })),
    ])
    certificates = makeDeviceCertificates(home, sampleGuid(1))
    radius = await startRadius({
      home,
      certificates,
      nac: {
        url: nac.url.replace('127.0.0.1', 'localhost'),
        ca: nac.authority.certificate,
        user: 'ise',
        password: 'right',
      },
    })
    console.log(`FreeRADIUS ${radius.version}`)
  }, 60_000)
  afterAll(async () => {
    await radius?.stop()
    await nac?.stop()
    rmSync(home, { recursive: true, force: true })
  })

  const joins = (mac: string, certificate = certificates.device): Promise<Joined> =>
    joinNetwork({ home, port: radius.port, mac, authority: certificates.authority, certificate })

  test('a compliant device is accepted, into its VLAN', async () => {
    const { isAccepted, vlan, output } = await joins('02:00:00:00:00:01')

    expect(isAccepted, `${output}\n${radius.log()}`).toBe(true)
    expect(vlan).toBe('42')
  }, 60_000)

  test.each([
    ['a device that is not compliant', '02:00:00:00:00:02'],
    ['a device that left', '02:00:00:00:00:03'],
    ['a device nobody knows', '02:00:00:00:00:99'],
  ])(
    '%s is rejected',
    async (_what, mac) => {
      expect((await joins(mac)).isAccepted).toBe(false)
      expect(radius.log()).not.toContain('nac did not answer')
    },
    60_000,
  )

  test('a certificate of another authority is rejected before nac is asked', async () => {
    expect((await joins('02:00:00:00:00:01', certificates.stranger)).isAccepted).toBe(false)
  }, 60_000)

  test('with the console gone, the answers are still right', async () => {
    await nac.console.stop()

    expect((await joins('02:00:00:00:00:01')).isAccepted).toBe(true)
    expect((await joins('02:00:00:00:00:02')).isAccepted).toBe(false)
    expect((await joins('02:00:00:00:00:99')).isAccepted).toBe(false)
  }, 60_000)

  test('with nac gone, nobody is taken for compliant, and the reason is another one', async () => {
    await nac.stopNac()

    expect(await joins('02:00:00:00:00:01')).toMatchObject({ isAccepted: false, says: 'nac did not answer' })
  }, 60_000)
})
