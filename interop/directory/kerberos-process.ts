/**
 * A process of its own that binds by Kerberos: the library looks into the environment of the process, and a worker has none.
 *
 * Reads `{home, address, settings}` from standard input and writes the rows of the check and what a search found.
 *
 * @module
 */
import { readFileSync } from 'node:fs'
import { Failure } from '@sallygate/base/failure'
import { directoryService } from '@sallygate/service-directory/agent'
import { ServiceLife } from '@sallygate/service-kit'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import { kerberosEnvironment } from '../../apps/connector/src/kerberos-environment.ts'
import { sambaHost } from './samba-server.ts'

const { home, address, settings } = JSON.parse(readFileSync(0, 'utf8')) as {
  readonly home: string
  readonly address: string
  readonly settings: unknown
}

// As the connector does it, before the library is loaded.
Object.assign(process.env, kerberosEnvironment(home, process.env))
const life = new ServiceLife(directoryService, testServiceHost({ addresses: { [sambaHost]: address } }))
await life.configure(settings)
const rows = await life.check(testContext())
const match = { field: 'login', equals: 'gate' }
const found = await life.run('search', { kind: 'users', match }, testContext()).catch((error: unknown) => {
  if (!(error instanceof Failure)) throw error
  return error.toJSON()
})
await life.stop()
process.stdout.write(JSON.stringify({ rows, found }))
