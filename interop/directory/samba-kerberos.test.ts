/**
 * A bind by Kerberos at a Samba Active Directory domain controller, with the native module and MIT's library.
 *
 * The module is optional and no part of this repository; where it is not installed, only its absence is tested.
 *
 * @module
 */
import { spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { runProgram } from './peer-process.ts'
import {
  ldb,
  makeSambaDomain,
  missingForSamba,
  sambaBase,
  sambaHost,
  type SambaDomain,
  type SambaServer,
} from './samba-server.ts'

const moduleName = 'kerberos'
const isInstalled = await import(moduleName).then(
  () => true,
  () => false,
)
const missing = missingForSamba()
if (missing !== undefined) console.log(`skipped: Kerberos with Samba Active Directory, ${missing}`)

// Not a skip: no list of packages of this repository has the module, so that nobody could make the skip go away.
if (isInstalled) describe.skipIf(missing !== undefined)('Kerberos with Samba Active Directory', withModule)
else describe('without the module', withoutModule)

function withoutModule(): void {
  console.log('not run: Kerberos with Samba Active Directory, the optional module kerberos is not installed')

  test('settings that ask for Kerberos fail with the name of what is missing', async () => {
    const { bindByKerberos } = await import('../../services/directory/src/agent/kerberos.ts')
    const dialer = { plan: { settings: { operationTimeoutMs: 1000 } }, host: testServiceHost() }
    const dialed = { label: 'dc1:636', server: { host: 'dc1', port: 636 } }

    // Nothing of the connection is touched before the module is there.
    await expect(bindByKerberos(dialer as never, dialed as never, testContext())).rejects.toMatchObject({
      code: 'DIRECTORY_KERBEROS_UNAVAILABLE',
      details: { module: 'kerberos' },
    })
  })
}

function withModule(): void {
  const home = mkdtempSync(join(tmpdir(), 'krb5-'))
  const at = (name: string) => join(home, name)
  let domain: SambaDomain
  let samba: SambaServer

  beforeAll(async () => {
    domain = makeSambaDomain(
      (database, configurationFile) => {
        const to = ['-H', database, '-s', configurationFile]
        runProgram('samba-tool', ['user', 'create', 'gate', 'Us3r!of-the-test', ...to])
        // A running domain controller gives itself this name; this one has no service that does.
        const own = [`dn: CN=DC1,OU=Domain Controllers,${sambaBase}`, 'changetype: modify', 'add: servicePrincipalName']
        ldb(
          'ldbmodify',
          database,
          configurationFile,
          [...own, `servicePrincipalName: ldap/${sambaHost}`, ''].join('\n'),
        )
        // The domain is copied for the server; its keys are the same.
        runProgram('samba-tool', [
          'domain',
          'exportkeytab',
          at('directory.keytab'),
          '--principal=gate',
          '-s',
          configurationFile,
        ])
      },
      { kdc: true },
    )
    samba = await domain.start()
    writeFileSync(
      at('krb5.conf'),
      [
        '[libdefaults]',
        '  default_realm = CORP.TEST',
        '  rdns = false',
        '  dns_canonicalize_hostname = false',
        '  dns_lookup_kdc = false',
        '[realms]',
        '  CORP.TEST = {',
        `    kdc = ${samba.address}`,
        '  }',
        '[domain_realm]',
        '  .corp.test = CORP.TEST',
        '',
      ].join('\n'),
    )
  }, 90_000)
  afterAll(async () => {
    await samba?.stop()
    domain?.remove()
    rmSync(home, { recursive: true, force: true })
  })
  interface Told {
    readonly rows: readonly { readonly result: string }[]
    readonly found: unknown
  }

  function bind(settings: Record<string, unknown> = {}): Told {
    const isLdaps = settings['encryption'] === undefined
    const whole = {
      servers: [{ host: sambaHost, port: isLdaps ? 636 : 389 }],
      trust: samba.authority,
      bind: 'kerberos',
      bindDn: 'gate@CORP.TEST',
      baseDn: sambaBase,
      ...settings,
    }
    const script = join(import.meta.dirname, 'kerberos-process.ts')
    const { stdout, stderr } = spawnSync(process.execPath, [script], {
      input: JSON.stringify({ home, address: samba.address, settings: whole }),
      env: { PATH: process.env['PATH'], KRB5_CONFIG: at('krb5.conf') },
      encoding: 'utf8',
      timeout: 60_000,
    })
    if (stdout === '') throw new Error(stderr.slice(0, 2000))
    return JSON.parse(stdout) as Told
  }

  test.each([{}, { encryption: 'startTls' }, { bindDn: undefined }])(
    'no password anywhere: %o',
    (settings) => {
      const { rows, found } = bind(settings)

      expect(rows.filter(({ result }) => result !== 'ok')).toEqual([])
      expect(found).toMatchObject({ entries: [{ fields: { login: ['gate'] } }] })
    },
    60_000,
  )

  test('a principal that the keytab does not have is said in the words of the library', () => {
    expect(bind({ bindDn: 'nobody@CORP.TEST' }).found).toMatchObject({
      code: 'DIRECTORY_KERBEROS_FAILED',
      details: { said: expect.stringContaining('nobody@CORP.TEST') },
    })
  }, 60_000)
}
