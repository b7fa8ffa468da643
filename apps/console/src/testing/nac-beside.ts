/**
 * A real nac beside a console in a test: fed by it, asked by an ISE client of any version. Imported only from tests.
 *
 * @module
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import { HttpsExchange, IseClient, type OfferedVersion } from '@sallygate/protocol-ise-mdm'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { nacSettings, startNac } from '@sallygate/nac'
import { rootKey, type ConsoleInTest } from './console-in-test.ts'

export interface NacBeside {
  readonly url: string
  readonly ca: string
  readonly user: string
  readonly password: string
  client(version: OfferedVersion): IseClient
  stop(): Promise<void>
}

export async function startNacBeside(console: Pick<ConsoleInTest, 'ask' | 'origin'>): Promise<NacBeside> {
  const home = mkdtempSync(join(tmpdir(), 'sallygate-nac-'))
  const ask = async (path: string, body: unknown) => {
    const answer = await console.ask('POST', path, { key: rootKey, body })
    if (answer.status >= 300) throw new Error(`${path}: ${answer.text}`)
    return answer.body
  }
  const exported = await ask('/api/nac/export', { name: 'nac', consoleUrl: console.origin })
  const user = 'ise'
  const { secret } = await ask('/api/nac/accounts', { user })
  const authority = await makeTlsAuthority()
  const { cert, key } = await authority.issue(['localhost'])
  const at = (name: string, content: string) => {
    writeFileSync(join(home, name), content, { mode: 0o600 })
    return join(home, name)
  }
  const values = {
    home,
    port: 0,
    tlsCertificateFile: at('tls.pem', cert),
    tlsPrivateKeyFile: at('tls.key', key),
    consoleFile: at('console.json', JSON.stringify(exported)),
  }
  const nac = await startNac(nacSettings.parse([{ name: 'test', values }]), { clock: systemClock, log: silentLog })
  const url = nac.url.replace('127.0.0.1', 'localhost')
  const exchange = new HttpsExchange({
    origin: new URL(url),
    ca: authority.certificate,
    clock: systemClock,
    timeoutMs: 10_000,
    maxAnswerBytes: 16 * 1024 * 1024,
  })
  const credentials = { user, password: new Secret(String(secret)) }
  return {
    url,
    ca: authority.certificate,
    user,
    password: String(secret),
    client: (maxVersion) => new IseClient({ exchange, credentials, maxVersion }),
    async stop() {
      exchange.close()
      await nac.stop()
      rmSync(home, { recursive: true, force: true })
    },
  }
}
