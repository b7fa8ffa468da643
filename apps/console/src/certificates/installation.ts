/**
 * The installation: what this console is, to connectors and to its relay.
 *
 * The product root, the console's identity under it, and the secure-channel key. The
 * root's private key is unsealed only while it issues something.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import { encodeUtf8, sha256, toHex } from '@sallygate/base/bytes'
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import type { Store } from '@sallygate/store'
import {
  exportPrivateKey,
  exportPublicPoint,
  importPrivateKey,
  issueConsoleIdentity,
  makePrivateKey,
  makeProductRoot,
  parseCertificate,
  parseId,
  type Certificate,
  type ConsoleId,
  type Holder,
  type RelayId,
} from '@sallygate/trust'
import { isDueForRenewal } from './renewal.ts'
import { addHolder, openHolder } from './stored.ts'

export interface SecureChannelKey {
  readonly privateKey: KeyObject
  /** Raw, 65 bytes. */
  readonly publicPoint: Buffer
}

export class Installation {
  readonly console: ConsoleId
  readonly relay: RelayId
  readonly root: Certificate
  readonly channel: SecureChannelKey
  readonly #store: Store
  readonly #clock: Clock
  #identity: Holder

  private constructor(parts: {
    store: Store
    clock: Clock
    root: Certificate
    channel: SecureChannelKey
    identity: Holder
  }) {
    this.#store = parts.store
    this.#clock = parts.clock
    this.root = parts.root
    this.channel = parts.channel
    this.#identity = parts.identity
    this.console = parseId<ConsoleId>(parts.store.installationId)
    this.relay = relayOf(parts.store.installationId)
  }

  /** Makes what is missing, which at the first start is everything. */
  static async open(store: Store, clock: Clock, log: Log): Promise<Installation> {
    const root = await openRoot(store, clock, log)
    const channel = await openChannel(store)
    const identity = await openIdentity(store, clock)
    return new Installation({ store, clock, root, channel, identity })
  }

  get identity(): Holder {
    return this.#identity
  }

  /** For issuing; let go of it afterwards. */
  async openRoot(): Promise<Holder> {
    return rootHolder(this.#store)
  }

  /** A new identity certificate before the old one ends. @returns whether it was time. */
  async renewIdentity(): Promise<boolean> {
    if (!isDueForRenewal(this.#identity.certificate, this.#clock.now())) return false
    this.#identity = await issueIdentity(this.#store, this.#clock)
    return true
  }
}

/** Derived, so that it needs no row of its own and can never get lost apart from the installation. */
function relayOf(installationId: string): RelayId {
  return parseId<RelayId>(toHex(sha256(encodeUtf8(`sallygate relay of ${installationId}`)).subarray(0, 16)))
}

async function openRoot(store: Store, clock: Clock, log: Log): Promise<Certificate> {
  const row = await store.certificates.current('productRoot')
  if (row !== undefined) return parseCertificate(row.der)
  const made = await makeProductRoot({ console: parseId<ConsoleId>(store.installationId), at: clock.now() })
  await store.transaction((inside) => addHolder(inside, 'productRoot', made))
  log.info('product root made', { notAfter: made.certificate.notAfter })
  return made.certificate
}

async function rootHolder(store: Store): Promise<Holder> {
  const row = await store.certificates.current('productRoot')
  if (row === undefined) throw new Error('the product root is made before it is used')
  return openHolder(store, row)
}

async function openChannel(store: Store): Promise<SecureChannelKey> {
  const stored = (await store.keys.list('secureChannel')).at(0)
  if (stored !== undefined) return channelOf(importPrivateKey((await store.keys.open(stored.id)).reveal()))
  const privateKey = makePrivateKey()
  await store.keys.add({ purpose: 'secureChannel', pkcs8: new Secret(exportPrivateKey(privateKey)) })
  return channelOf(privateKey)
}

function channelOf(privateKey: KeyObject): SecureChannelKey {
  return { privateKey, publicPoint: exportPublicPoint(privateKey) }
}

async function openIdentity(store: Store, clock: Clock): Promise<Holder> {
  const row = await store.certificates.current('consoleIdentity')
  if (row === undefined || isDueForRenewal(row, clock.now())) return issueIdentity(store, clock)
  return openHolder(store, row)
}

async function issueIdentity(store: Store, clock: Clock): Promise<Holder> {
  const issuer = await rootHolder(store)
  const privateKey = makePrivateKey()
  const console = parseId<ConsoleId>(store.installationId)
  const certificate = await issueConsoleIdentity({ issuer, console, publicKey: privateKey, at: clock.now() })
  return store.transaction(async (inside) => {
    for (const old of await inside.certificates.list({ kind: 'consoleIdentity', group: null, status: 'active' })) {
      await inside.certificates.setStatus(old.id, 'retired')
    }
    return addHolder(inside, 'consoleIdentity', { certificate, privateKey })
  })
}
