/**
 * The nac of an all-in-one start on this machine: where it is, the sample NAC's account, the authority to trust.
 *
 * @module
 */
import { existsSync } from 'node:fs'
import { join } from 'node:path'
import { readFile, readPrivateFile } from '@sallygate/base/file'
import { Secret } from '@sallygate/base/secret'
import type { IseCredentials } from '@sallygate/protocol-ise-mdm'
import type { Credentials, Ready } from '@sallygate/supervisor'
import { cliFailure } from './failures.ts'

export interface OwnNac {
  readonly url: string
  readonly credentials: IseCredentials
  readonly ca: string
}

/** @throws CLI_BAD_ARGUMENT when nothing runs from this home, or it was started without the sample office. */
export function ownNac(home: string): OwnNac {
  const readyFile = join(home, 'ready.json')
  const expected = `an address, or a --home where npm start runs; ${home} is none`
  if (!existsSync(readyFile)) throw cliFailure('BAD_ARGUMENT', { details: { argument: 'url', expected } })
  const ready = JSON.parse(readFile(readyFile).toString('utf8')) as Ready
  const { ise } = JSON.parse(readPrivateFile(ready.credentialFile).toString('utf8')) as Credentials
  if (ise === undefined)
    throw cliFailure('BAD_ARGUMENT', {
      details: { expected: 'a user: this home was started without the sample office' },
    })
  return {
    url: ready.nacUrl,
    credentials: { user: ise.user, password: new Secret(ise.password) },
    ca: readFile(join(home, 'connector', 'relay-ca.pem')).toString('utf8'),
  }
}
