/**
 * The console, composed: opens the store, makes what is missing, listens, and says so.
 *
 * @module
 */
import { join } from 'node:path'
import type { Clock } from '@sallygate/base/clock'
import { ensurePrivateDirectory } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { writeStatus, type Running } from '@sallygate/base/process'
import type { DialTuning, ProxyEnvironment } from '@sallygate/dial'
import {
  connectionOf,
  createMasterKey,
  hasMasterKey,
  loadMasterKey,
  openPostgresStore,
  openStore,
  Passwords,
  type Store,
} from '@sallygate/store'
import { makeFirstAdmin } from './admins/first-admin.ts'
import type { Caller } from './calls/caller.ts'
import type { Dispatcher } from './calls/dispatcher.ts'
import { assemble, type Assembly } from './assembly.ts'
import type { InventoryPort } from './devices/ports.ts'
import { startListener } from './http/listener.ts'
import { allRoutes } from './routes.ts'
import type { ConsoleSettings } from './settings.ts'
import { builtPages } from './web/pages.ts'

export interface ConsoleHost {
  readonly clock: Clock
  readonly log: Log
  /** Where a proxy may stand; it counts only where the settings say so. */
  readonly environment?: ProxyEnvironment
  /** For tests that cannot wait as long as an outage lasts. */
  readonly dialTuning?: Partial<DialTuning>
}

export interface Console extends Running {
  readonly url: string
  /** `call(group id, operation, parameters)`, for what runs inside the console. */
  readonly caller: Caller
  /** Takes what is observed of devices, from what runs inside the console. */
  readonly inventory: InventoryPort
  /** Queues mail, from what runs inside the console. */
  readonly mail: Assembly['mail']
  /** Below the caller: operations of any contract, known here or not. For tests. */
  readonly dispatcher: Dispatcher
}

/** @throws STORE_*, FILE_*, LISTEN_*, CONSOLE_NEEDS_TLS, CONSOLE_FIRST_SECRET_UNUSABLE. */
export async function startConsole(settings: ConsoleSettings, host: ConsoleHost): Promise<Console> {
  const { clock, log } = host
  ensurePrivateDirectory(settings.home)
  const store = await open(settings, host)
  let assembly: Assembly | undefined
  try {
    const passwords = new Passwords()
    await makeFirstAdmin(settings, store, passwords, log)
    assembly = await assemble(settings, store, passwords, host)
    const { refusals, around } = assembly.records
    const authenticate = refusals.around(assembly.admins.authenticate)
    const listener = await startListener({
      settings,
      routes: allRoutes(assembly),
      rawRoutes: assembly.sources.rawRoutes,
      authenticate,
      around,
      log,
      pages: builtPages,
    })
    const { url } = listener
    const since = clock.now().toISOString()
    writeStatus(join(settings.home, 'status.json'), {
      part: 'console',
      pid: process.pid,
      state: 'up',
      since,
      facts: { url },
    })
    log.info('console is up', { url, console: assembly.installation.console })
    return {
      url,
      caller: assembly.caller,
      inventory: assembly.devices.inventory,
      mail: assembly.mail,
      dispatcher: assembly.dispatcher,
      stop: once(() => stopAll(listener, assembly, store)),
    }
  } catch (error) {
    await assembly?.stop()
    await store.close()
    throw error
  }
}

async function stopAll(
  listener: { stop(): Promise<void> },
  assembly: Assembly | undefined,
  store: Store,
): Promise<void> {
  // New requests first, then the link, so that what is under way may still end; the store last, since all write to it.
  await listener.stop()
  await assembly?.stop()
  await store.close()
}

function once(stop: () => Promise<void>): () => Promise<void> {
  let stopping: Promise<void> | undefined
  return () => (stopping ??= stop())
}

async function open(settings: ConsoleSettings, host: ConsoleHost): Promise<Store> {
  const { clock, log } = host
  const keyPath = join(settings.home, 'master.key')
  const masterKey = hasMasterKey(keyPath) ? loadMasterKey(keyPath) : createMasterKey(keyPath)
  const { database, databasePasswordFile, databaseCaFile } = settings
  if (database === undefined) return openStore({ path: join(settings.home, 'console.sqlite'), masterKey, clock, log })
  const connection = connectionOf({ database, databasePasswordFile, databaseCaFile })
  return openPostgresStore({ connection, masterKey, clock, log })
}
