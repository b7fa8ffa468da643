import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, expect, test } from 'vitest'
import { kerberosEnvironment } from './kerberos-environment.ts'

const home = mkdtempSync(join(tmpdir(), 'sallygate-keytab-'))
const keytab = join(home, 'directory.keytab')
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('the keytab in the home is named to the library, unless somebody named another; others must not read it', () => {
  expect(kerberosEnvironment(home, {})).toEqual({})

  writeFileSync(keytab, 'a keytab', { mode: 0o600 })
  expect(kerberosEnvironment(home, {})).toEqual({
    KRB5_CLIENT_KTNAME: `FILE:${keytab}`,
    KRB5CCNAME: 'MEMORY:sallygate',
  })
  expect(kerberosEnvironment(home, { KRB5_CLIENT_KTNAME: 'FILE:/etc/other' })).toEqual({})
  expect(kerberosEnvironment(home, { KRB5CCNAME: 'DIR:/run/x' })).toEqual({ KRB5_CLIENT_KTNAME: `FILE:${keytab}` })

  chmodSync(keytab, 0o644)
  expect(() => kerberosEnvironment(home, {})).toThrow(expect.objectContaining({ code: 'FILE_NOT_PRIVATE' }))
})
