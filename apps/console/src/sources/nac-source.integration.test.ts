/**
 * One Sallygate as the source of another: our own nac answers as the other MDM server.
 *
 * @module
 */
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { NacInTest } from '../../../nac/src/testing/nac-in-test.ts'
import { deviceRecord, sampleAccount, sampleDevice, sampleMac } from '../../../nac/src/testing/sample-records.ts'
import { consoleInTest, rootKey, type ConsoleInTest } from '../testing/console-in-test.ts'

describe('our own nac as a source', () => {
  let it: ConsoleInTest
  let nac: NacInTest
  beforeAll(async () => {
    it = await consoleInTest({ settings: { sourceAddresses: '127.0.0.1, ::1' } })
    const blind = await sampleAccount({ id: 'blind', user: 'blind', group: 'nowhere' })
    nac = await NacInTest.start([
      { kind: 'account', id: blind.id, value: blind },
      ...Array.from({ length: 2500 }, (_, at) =>
        deviceRecord(
          sampleDevice(at, { compliant: at % 10 !== 0, failureReason: 'Passcode missing', macs: [mac(at)] }),
        ),
      ),
    ])
  }, 60_000)
  afterAll(async () => {
    await nac.stop()
    await it.stop()
  })

  /** Of hardware: an address that is made up names nobody by itself. */
  const mac = (n: number) => `00${sampleMac(n).slice(2)}`

  interface State {
    readonly devices?: number
    readonly added?: number
    readonly failure?: { readonly code: string }
  }

  async function ask(user: string, password: string): Promise<State> {
    const url = nac.url.replace('127.0.0.1', 'localhost')
    const settings = { kind: 'ise', url, user, ca: nac.authority.certificate }
    const body = { name: `nac ${user} ${password.length}`, settings, secrets: { password } }
    const added = await it.ask('POST', '/api/groups/Sample/sources', { key: rootKey, body })
    const path = `/api/groups/Sample/sources/${String(added.body['id'])}/ask`
    return (await it.ask('POST', path, { key: rootKey, body: {} })).body as State
  }

  test('tells all its devices, page by page, with verdicts and reasons', async () => {
    expect(await ask('ise', 'right')).toMatchObject({ devices: 2500, added: 2500 })

    const { body } = await it.ask('GET', `/api/devices?search=${mac(10)}`, { key: rootKey })
    const [device] = body['devices'] as readonly { readonly id: string }[]
    const shown = await it.ask('GET', `/api/devices/${String(device?.id)}`, { key: rootKey })
    expect(shown.body['facts']).toMatchObject({
      compliantAtSource: { value: false },
      failureAtSource: { value: 'Passcode missing' },
      jailBroken: { isUnknown: true },
    })
  }, 60_000)

  test('with a wrong password, or an account that sees nobody, nothing comes in', async () => {
    expect(await ask('ise', 'wrong')).toMatchObject({ failure: { code: 'ISE_CLIENT_CREDENTIALS' } })
    expect(await ask('blind', 'right')).toMatchObject({ devices: 0, added: 0 })
  }, 60_000)
})
