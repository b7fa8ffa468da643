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
import { createMasterKey, hasMasterKey, loadMasterKey, openStore, Passwords, type Store } from '@sallygate/store'
import { authentication } from './admins/authentication.ts'
import { makeFirstAdmin } from './admins/first-admin.ts'
import { GroupAuthorities } from './certificates/group-authorities.ts'
import { Installation } from './certificates/installation.ts'
import { startListener } from './http/listener.ts'
import { Throttle } from './http/throttle.ts'
import { groupRoutes } from './organization-groups/routes.ts'
import { OrganizationGroups } from './organization-groups/organization-groups.ts'
import type { ConsoleSettings } from './settings.ts'
import { statusRoutes } from './status/routes.ts'
import { version } from './version.ts'

export interface ConsoleHost {
  readonly clock: Clock
  readonly log: Log
}

export interface Console extends Running {
  readonly url: string
}

/** @throws STORE_*, FILE_*, LISTEN_*, CONSOLE_NEEDS_TLS, CONSOLE_FIRST_SECRET_UNUSABLE. */
export async function startConsole(settings: ConsoleSettings, host: ConsoleHost): Promise<Console> {
  const { clock, log } = host
  ensurePrivateDirectory(settings.home)
  const store = await open(settings, host)
  try {
    const passwords = new Passwords()
    await makeFirstAdmin(settings, store, passwords, log)
    const installation = await Installation.open(store, clock, log)
    const authorities = new GroupAuthorities(store, clock, installation)
    const groups = new OrganizationGroups(store, authorities)
    await groups.makeFirst(settings.firstGroup)
    const routes = [
      ...groupRoutes(groups),
      ...statusRoutes(async () => ({
        version,
        console: installation.console,
        relay: { state: 'off' },
        groups: (await groups.list()).length,
        connectors: { attached: 0, total: 0 },
        warnings: [],
      })),
    ]
    const authenticate = authentication({ store, passwords, throttle: new Throttle(clock) })
    const listener = await startListener({ settings, routes, authenticate, log })
    const since = clock.now().toISOString()
    const { url } = listener
    writeStatus(join(settings.home, 'status.json'), {
      part: 'console',
      pid: process.pid,
      state: 'up',
      since,
      facts: { url },
    })
    log.info('console is up', { url })
    return {
      url,
      async stop() {
        await listener.stop()
        await store.close()
      },
    }
  } catch (error) {
    await store.close()
    throw error
  }
}

async function open(settings: ConsoleSettings, host: ConsoleHost): Promise<Store> {
  const keyPath = join(settings.home, 'master.key')
  const masterKey = hasMasterKey(keyPath) ? loadMasterKey(keyPath) : createMasterKey(keyPath)
  return openStore({ path: join(settings.home, 'console.sqlite'), masterKey, ...host })
}
