/**
 * A console's keys and certificates for tests, made by the real issuing code.
 *
 * @module
 */
import type { KeyObject } from 'node:crypto'
import type { Clock } from '@sallygate/base/clock'
import { EncryptionKeyRing } from '@sallygate/envelope'
import {
  exportPublicPoint,
  issueConsoleIdentity,
  issueConsoleSigning,
  issueGroupAuthority,
  issueInstance,
  issueTlsServer,
  keyIdOf,
  makeDescriptor,
  makeId,
  makePrivateKey,
  makeProductRoot,
  makeTrustSet,
  type Certificate,
  type ConsoleId,
  type GroupId,
  type Holder,
  type InstanceId,
  type RelayId,
} from '@sallygate/trust'

export class Authority {
  readonly console: ConsoleId
  readonly group: GroupId
  readonly relay = makeId<RelayId>()
  readonly clock: Clock
  readonly root: Holder
  groupAuthority: Holder
  readonly identity: Holder
  signing: Holder
  readonly keys: EncryptionKeyRing
  trustSetNumber = 1
  trustSetLifeMs = 24 * 3_600_000

  private constructor(clock: Clock, made: Made) {
    this.clock = clock
    this.console = made.console
    this.group = made.group
    this.root = made.root
    this.groupAuthority = made.groupAuthority
    this.identity = made.identity
    this.signing = made.signing
    this.keys = new EncryptionKeyRing({ clock })
  }

  static async make(clock: Clock): Promise<Authority> {
    const [console, group, at] = [makeId<ConsoleId>(), makeId<GroupId>(), clock.now()]
    const root = await makeProductRoot({ console, at })
    const hold = async (issue: (publicKey: KeyObject) => Promise<Certificate>): Promise<Holder> => {
      const privateKey = makePrivateKey()
      return { privateKey, certificate: await issue(privateKey) }
    }
    const groupAuthority = await hold((publicKey) =>
      issueGroupAuthority({ issuer: root, console, group, publicKey, at }),
    )
    const identity = await hold((publicKey) => issueConsoleIdentity({ issuer: root, console, publicKey, at }))
    const signing = await hold((publicKey) =>
      issueConsoleSigning({ issuer: groupAuthority, console, group, publicKey, at }),
    )
    return new Authority(clock, { console, group, root, groupAuthority, identity, signing })
  }

  /** Another signing key, as after a rotation. The trust set names it from then on. */
  async rotateSigning(): Promise<void> {
    const privateKey = makePrivateKey()
    const { console, group, groupAuthority: issuer } = this
    const certificate = await issueConsoleSigning({
      issuer,
      console,
      group,
      publicKey: privateKey,
      at: this.clock.now(),
    })
    this.signing = { privateKey, certificate }
    this.trustSetNumber++
  }

  /** Another authority of the group, and a signing key under it: from then on the trust set names only these. */
  async rotateAuthority(): Promise<void> {
    const privateKey = makePrivateKey()
    const { console, group, root: issuer } = this
    const at = this.clock.now()
    const certificate = await issueGroupAuthority({ issuer, console, group, publicKey: privateKey, at })
    this.groupAuthority = { privateKey, certificate }
    await this.rotateSigning()
  }

  signer() {
    return { keyId: keyIdOf(this.signing.privateKey), privateKey: this.signing.privateKey }
  }

  identitySigner() {
    return { keyId: keyIdOf(this.identity.privateKey), privateKey: this.identity.privateKey }
  }

  descriptor(): Buffer {
    const { console, identity, root } = this
    const issuedAt = this.clock.now()
    const notAfter = new Date(issuedAt.getTime() + 24 * 3_600_000)
    const content = { console, encryptionKey: this.keys.publicKey.raw, issuedAt, notAfter }
    return makeDescriptor(content, identity, root.certificate)
  }

  trustSet(change: { readonly number?: number } = {}): Buffer {
    const { console, group, relay, groupAuthority, signing } = this
    const issuedAt = this.clock.now()
    const { certificate } = signing
    const content = {
      console,
      group,
      relay,
      number: change.number ?? this.trustSetNumber,
      issuedAt,
      notAfter: new Date(issuedAt.getTime() + this.trustSetLifeMs),
      suiteFloor: 1,
      signers: [{ keyId: certificate.keyId, certificate }],
      authorities: [groupAuthority.certificate],
    }
    return makeTrustSet(content, groupAuthority.privateKey)
  }

  issue(instance: InstanceId, publicKey: KeyObject, at: Date = this.clock.now()): Promise<Certificate> {
    const { console, group, groupAuthority: issuer } = this
    return issueInstance({ issuer, console, group, instance, publicKey, at })
  }

  async tls(): Promise<Holder> {
    const privateKey = makePrivateKey()
    const addresses = ['127.0.0.1']
    const at = new Date()
    const certificate = await issueTlsServer({
      issuer: this.root,
      publicKey: privateKey,
      at,
      hosts: ['localhost'],
      addresses,
    })
    return { privateKey, certificate }
  }

  get channelKey(): Buffer {
    return exportPublicPoint(this.identity.privateKey)
  }
}

interface Made {
  readonly console: ConsoleId
  readonly group: GroupId
  readonly root: Holder
  readonly groupAuthority: Holder
  readonly identity: Holder
  readonly signing: Holder
}
