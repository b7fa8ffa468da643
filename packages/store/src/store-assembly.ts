/**
 * What a store is above its database: repositories, transactions, the master key.
 *
 * The same for every database; what each one brings is its ground.
 *
 * @module
 */
import type { Kysely } from 'kysely'
import { toBase64Url } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import type { Secret } from '@sallygate/base/secret'
import type { AuditLog } from './audit-log.ts'
import type { Health } from './health.ts'
import { adoptNextKey, dropNextKey, loadMasterKey, stageNextKey, type MasterKey } from './master-key.ts'
import { chooseKey, readInstallation, writeMeta } from './meta.ts'
import { withoutWaiting } from './saved-later.ts'
import { repositories } from './repositories.ts'
import type { RequestLog } from './request-log.ts'
import type { Schema } from './schema.ts'
import { sealKeyCheck } from './sealing.ts'
import type { Store } from './store.ts'
import { insideTransaction, refuseInside } from './transaction-guard.ts'
import type { Vault } from './vault.ts'

export interface Ground {
  readonly db: Kysely<Schema>
  readonly vault: Vault
  readonly clock: Clock
  readonly log: Log
  readonly health: Health
  readonly requestLog: RequestLog
  readonly auditLog: AuditLog
  readonly masterKey: MasterKey
  readonly installation: { readonly id: string; readonly createdAt: Date }
  /** The path of the file, or the server and the database on it: shown in failures. */
  readonly place: string
  backup(to: string): Promise<void>
  /** Lets go of the database. What was appended is on the disk by then. */
  end(): Promise<void>
}

export function assembleStore(ground: Ground): Store {
  const { db, vault, clock, requestLog, auditLog, installation, health } = ground
  let closing: Promise<void> | undefined
  return {
    ...repositories({ db, vault, clock }),
    installationId: installation.id,
    createdAt: installation.createdAt,
    requestLog,
    auditLog,
    transaction(work) {
      refuseInside()
      return db.transaction().execute((inside) => {
        const within = repositories({ db: inside.withoutPlugins(), vault, clock })
        return insideTransaction(() => work(within))
      })
    },
    transactionSavedLater(work) {
      refuseInside()
      return withoutWaiting(db, (inside) => {
        const within = repositories({ db: inside.withoutPlugins(), vault, clock })
        return insideTransaction(() => work(within))
      })
    },
    health: () => health.current,
    async backup(to) {
      await requestLog.flush()
      await auditLog.flush()
      await ground.backup(to)
    },
    rotateMasterKey: () => rotate(ground),
    close: () => (closing ??= close(ground)),
  }
}

async function close(ground: Ground): Promise<void> {
  await ground.requestLog.flush()
  await ground.auditLog.flush()
  await ground.end()
}

async function rotate({ db, vault, masterKey, place, installation, log }: Ground): Promise<void> {
  refuseInside()
  // If the last rotation could not rename its key, that key is the only one: it must not be written over.
  const current = loadMasterKey(masterKey.path)
  settleKey(current, chooseKey(await readInstallation(db, place), place, current))
  const next = stageNextKey(masterKey.path)
  await vault.rewrap(db, next, (held) => writeMeta(held, 'keyCheck', toBase64Url(sealKeyCheck(next, installation.id))))
  adoptNextKey(masterKey.path)
  log.info('master key rotated', { path: masterKey.path })
}

/** Ends a rotation that was interrupted, in whichever direction the database went. */
export function settleKey(masterKey: MasterKey, chosen: 'key' | 'next'): Secret<Buffer> {
  if (chosen === 'next' && masterKey.next !== undefined) {
    adoptNextKey(masterKey.path)
    return masterKey.next
  }
  if (masterKey.next !== undefined) dropNextKey(masterKey.path)
  return masterKey.key
}
