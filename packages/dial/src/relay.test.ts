import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, expect, test } from 'vitest'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import {
  anyConsole,
  connectorAddress,
  consoleAddress,
  encodeSecureChannel,
  randomId,
  signAdmission,
  type AdmissionEntry,
  type RosterEntry,
} from '@sallygate/hop'
import { relaySettings, startRelay } from '@sallygate/relay'
import { makeTlsAuthority } from '@sallygate/testkit/tls-server-identity'
import { diagnose } from './index.ts'
import { Bench, keyed } from './testing/peers.ts'

/** A busy machine is slow; a test that waits longer than this has failed. */
const soon = { timeout: 8000, interval: 10 }

const bench = new Bench()
afterEach(() => bench.clear())

async function realRelay() {
  const directory = mkdtempSync(join(tmpdir(), 'sallygate-dial-'))
  bench.keep({ stop: () => rmSync(directory, { recursive: true }) })
  const authority = await makeTlsAuthority()
  const { key, cert } = await authority.issue(['localhost'])
  const relay = randomId()
  const consoleKeys = keyed()
  const write = (name: string, content: string | Buffer) => {
    writeFileSync(join(directory, name), content, { mode: 0o600 })
    return join(directory, name)
  }
  const values = {
    address: '127.0.0.1',
    port: 0,
    tlsCertificateFile: write('tls.pem', cert),
    tlsKeyFile: write('tls.key', key),
    secureChannelFile: write('channel.json', encodeSecureChannel({ relay, consoles: [consoleKeys.publicKey] })),
    admissionFile: join(directory, 'admission.bin'),
    drainMs: '100ms',
  }
  const settings = relaySettings.parse([{ name: 'test', values }])
  const running = await startRelay({ settings, clock: systemClock, log: silentLog })
  bench.keep(running)
  const at = { url: `https://localhost:${running.port}/awcm`, relay }
  return { at, running, consoleKeys, tls: { ca: [authority.certificate] } }
}

test('with the real relay: admitted by a pushed list, on the roster, a question and its answer, revoked', async () => {
  const { at, consoleKeys, tls } = await realRelay()
  const roster: string[] = []
  const peer = bench.client(at, {
    ...consoleKeys,
    tls,
    address: consoleAddress(randomId()),
    onRosterChange: (event, entry: RosterEntry) => void roster.push(`${event} ${entry.instance}`),
    onCargo: (from, cargo, _ttlMs, acknowledge) => {
      acknowledge()
      peer.send(from, Buffer.concat([Buffer.from('re: '), cargo]), { ttlMs: 1000 })
    },
  })
  await peer.attached()
  const [group, instance] = [randomId(), randomId()]
  const keys = keyed()
  const entry: AdmissionEntry = { role: 'connector', group, instance, publicKey: keys.publicKey }
  const list = (number: number, entries: readonly AdmissionEntry[]) =>
    signAdmission({ relay: at.relay, number, issuedAt: new Date(), entries }, consoleKeys.sign)
  await peer.admit(1, await list(1, [entry]))

  const answer = Promise.withResolvers<string>()
  const connector = bench.client(at, {
    ...keys,
    tls,
    address: connectorAddress(group, instance),
    onCargo: (_from, cargo) => answer.resolve(cargo.toString()),
  })
  await connector.attached()
  connector.send(anyConsole, Buffer.from('?'), { ttlMs: 1000 })
  expect(await answer.promise).toBe('re: ?')
  const lost = peer.send(connectorAddress(group, randomId()), Buffer.from('!'), { ttlMs: 1000 })
  await expect(lost.fate).rejects.toMatchObject({ code: 'DIAL_NO_SUCH_PEER' })
  await expect(peer.admit(1, await list(0, []))).rejects.toMatchObject({ code: 'DIAL_ADMISSION_REFUSED' })

  await peer.admit(2, await list(2, []))

  await expect
    .poll(() => connector.state, soon)
    .toMatchObject({ kind: 'refused', failure: { code: 'DIAL_PROOF_REFUSED' } })
  expect(roster).toEqual([`joined ${instance}`, `left ${instance}`])
})

test('the check of a real relay is all green', async () => {
  const { at, tls } = await realRelay()

  const rows = await diagnose(at.url, { tls, expectedRelay: at.relay })

  expect(rows.map(({ result }) => result)).toEqual(['ok', 'ok', 'ok', 'ok', 'ok'])
})

test('a relay that stops sends its peers away in good order', async () => {
  const { at, running, consoleKeys, tls } = await realRelay()
  const peer = bench.client(at, { ...consoleKeys, tls, address: consoleAddress(randomId()) })
  await peer.attached()

  await running.stop()

  await expect.poll(() => peer.status().lastFailure?.code, soon).toMatch(/^DIAL_(GOING_AWAY|TCP_REFUSED)$/)
})
