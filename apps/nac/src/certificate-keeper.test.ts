import { createPrivateKey, X509Certificate } from 'node:crypto'
import { mkdtempSync, rmSync, utimesSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fromBase64Url } from '@sallygate/base/bytes'
import { silentLog } from '@sallygate/base/log'
import { FakeClock } from '@sallygate/testkit'
import {
  certificatePem,
  issueTlsServer,
  makeId,
  makePrivateKey,
  makeProductRoot,
  parseCertificatePem,
  readCertificateRequest,
  verifyStatement,
  type ConsoleId,
  type Holder,
} from '@sallygate/trust'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { CertificateKeeper, renewalLabel } from './certificate-keeper.ts'
import type { KeyPair } from './http/listener.ts'

const dayMs = 86_400_000
let home = ''
let root: Holder
let clock: FakeClock
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'sallygate-keeper-'))
  clock = new FakeClock()
  root = await makeProductRoot({ console: makeId<ConsoleId>(), at: clock.now() })
})
afterEach(() => rmSync(home, { recursive: true, force: true }))

async function issue(key = makePrivateKey()): Promise<KeyPair> {
  const certificate = await issueTlsServer({ issuer: root, publicKey: key, hosts: ['nac.example'], at: clock.now() })
  return {
    certificate: certificatePem(certificate),
    privateKey: key.export({ format: 'pem', type: 'pkcs8' }).toString(),
  }
}

let changes = 0
function put({ certificate, privateKey }: KeyPair): void {
  writeFileSync(join(home, 'tls.key'), privateKey, { mode: 0o600 })
  writeFileSync(join(home, 'tls.pem'), certificate)
  // Two writes within a tick of the file system's clock would look like one.
  const at = new Date(1_700_000_000_000 + ++changes * 10_000)
  utimesSync(join(home, 'tls.pem'), at, at)
}

/** The console's part, as its certificate desk does it. */
const renewing = (asked: { count: number }) => ({
  async ask({ body }: { readonly body?: unknown }) {
    asked.count++
    const { current, request, proof } = body as Readonly<Record<'current' | 'request' | 'proof', string>>
    const bytes = fromBase64Url(request)
    const { publicKey } = parseCertificatePem(current)
    if (!verifyStatement(renewalLabel, publicKey, fromBase64Url(proof), bytes)) throw new Error('no proof')
    const next = readCertificateRequest(bytes).publicKey
    const certificate = await issueTlsServer({ issuer: root, publicKey: next, hosts: ['nac.example'], at: clock.now() })
    return { certificatePem: certificatePem(certificate) }
  },
})

const keeper = (link: { ask: (asked: never) => Promise<unknown> } | undefined) =>
  new CertificateKeeper({
    clock,
    log: silentLog,
    certificateFile: join(home, 'tls.pem'),
    privateKeyFile: join(home, 'tls.key'),
    link: link as never,
  })

test('a pair whose files changed is served; half a pair is not', async () => {
  put(await issue())
  const kept = keeper(undefined)
  const served: KeyPair[] = []
  kept.start((pair) => {
    if (!new X509Certificate(pair.certificate).checkPrivateKey(keyOf(pair))) throw new Error('not a pair')
    served.push(pair)
  })
  const next = await issue()
  put({ ...next, privateKey: (await issue()).privateKey })
  await clock.advance(11_000)
  expect(served).toHaveLength(0)

  put(next)
  await clock.advance(11_000)
  kept.stop()

  expect(served.map(({ certificate }) => certificate.toString())).toEqual([next.certificate])
})

test('at two thirds of its life it is renewed under the same authority with another key, once', async () => {
  put(await issue())
  const asked = { count: 0 }
  const kept = keeper(renewing(asked))
  const before = new X509Certificate(kept.pem)
  const served: KeyPair[] = []
  kept.start((pair) => served.push(pair))
  clock.jumpWall(200 * dayMs)
  await kept.renewWhenDue()
  expect(asked.count).toBe(0)
  clock.jumpWall(70 * dayMs)
  await kept.renewWhenDue()
  await kept.renewWhenDue()
  kept.stop()

  const after = new X509Certificate(kept.pem)
  expect(asked.count).toBe(1)
  expect(served).toHaveLength(1)
  expect(after.verify(root.certificate.x509.publicKey)).toBe(true)
  expect(after.subjectAltName).toBe(before.subjectAltName)
  expect(after.publicKey.equals(before.publicKey)).toBe(false)
  expect(keeper(undefined).pem).toBe(kept.pem)
})

test('when it cannot be renewed, the one there is goes on, and it is tried again', async () => {
  put(await issue())
  const kept = keeper({ ask: () => Promise.reject(new Error('the console is away')) })
  const before = kept.pem
  clock.jumpWall(390 * dayMs)
  await kept.renewWhenDue()

  expect(kept.pem).toBe(before)
})

function keyOf({ privateKey }: KeyPair) {
  return createPrivateKey(privateKey)
}
