/**
 * How many reads, inserts and request-log rows a second a store does; run by hand.
 *
 * `node packages/store/src/testing/measure.ts [postgres://user@host:5432/database password-file]`, with an empty
 * database. Both stores are measured in one run, one after the other, so that they can be compared.
 *
 * @module
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { systemClock } from '@sallygate/base/clock'
import { silentLog } from '@sallygate/base/log'
import { createMasterKey, type MasterKey } from '../master-key.ts'
import { openPostgresStore } from '../postgres.ts'
import { connectionOf } from '../postgres-url.ts'
import { openStore, type Store } from '../store.ts'

const runMs = 2000
/** As many as a busy console has under way at once. */
const atOnce = 32

type Work = (store: Store, group: string) => Promise<unknown>

const read: Work = (store, group) => store.groups.get(group)
const insert: Work = (store, group) =>
  store.installers.add({ keyId: toHex(randomBytes(16)), group, uses: 1, expiresAt: new Date(4e12) })
const logRow: Work = (store, group) =>
  store.requestLog.append({
    requestId: toHex(randomBytes(16)),
    requestDigest: randomBytes(32),
    replyDigest: randomBytes(32),
    outcome: 'done',
    operation: 'directory.search',
    group,
    component: 'deviceServices',
    at: new Date(),
  })

const rows: readonly (readonly [string, number, Work])[] = [
  ['point reads, one at a time', 1, read],
  [`point reads, ${atOnce} at once`, atOnce, read],
  ['inserts, one at a time', 1, insert],
  [`inserts, ${atOnce} at once`, atOnce, insert],
  ['request-log rows, one at a time', 1, logRow],
  [`request-log rows, ${atOnce} at once`, atOnce, logRow],
  ['request-log rows, 1000 at once', 1000, logRow],
]

async function perSecond(store: Store, group: string, hands: number, work: Work): Promise<number> {
  const started = performance.now()
  let done = 0
  const hand = async () => {
    while (performance.now() - started < runMs) {
      await work(store, group)
      done++
    }
  }
  await Promise.all(Array.from({ length: hands }, hand))
  return Math.round((done * 1000) / (performance.now() - started))
}

async function measure(name: string, store: Store): Promise<void> {
  const { id } = await store.groups.add({ name: `measured ${Date.now()}` })
  for (const [what, hands, work] of rows) {
    await perSecond(store, id, hands, work).then((rate) => console.log(`${name}\t${what}\t${rate}/s`))
  }
  const { kind } = await store.requestLog.verify()
  console.log(`${name}\tthe request log is ${kind}`)
  await store.close()
}

function openFor(directory: string, masterKey: MasterKey, database?: string, passwordFile?: string): Promise<Store> {
  const common = { masterKey, clock: systemClock, log: silentLog }
  if (database === undefined) return openStore({ path: join(directory, 'console.sqlite'), ...common })
  const connection = connectionOf({ database, databasePasswordFile: passwordFile })
  return openPostgresStore({ connection, ...common })
}

const [database, passwordFile] = process.argv.slice(2)
const directory = mkdtempSync(join(tmpdir(), 'measure-'))
const masterKey = createMasterKey(join(directory, 'master.key'))
try {
  await measure('node:sqlite', await openFor(directory, masterKey))
  if (database !== undefined) await measure('PostgreSQL', await openFor(directory, masterKey, database, passwordFile))
} finally {
  rmSync(directory, { recursive: true })
}
