/**
 * Installers: a file for a group, under a certificate password, with stated uses and days.
 *
 * It holds a bootstrap identity only; the instance makes its own key.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Secret } from '@sallygate/base/secret'
import type { OrganizationGroup, Store } from '@sallygate/store'
import {
  certificatePem,
  makeInstallerFile,
  makePassword,
  requireStrongPassword,
  type GroupId,
  type InstallerFacts,
} from '@sallygate/trust'
import { addCertificate } from '../certificates/stored.ts'
import type { GroupAuthorities } from '../certificates/group-authorities.ts'
import type { Installation } from '../certificates/installation.ts'
import { consoleFailure } from '../failures.ts'
import type { RelaySettings } from '../relay/relay-settings.ts'

export interface InstallerOrder {
  readonly group: OrganizationGroup
  readonly certificatePassword: Secret | undefined
  readonly uses: number
  readonly days: number
  readonly relay: RelaySettings | undefined
}

export interface MadeInstaller {
  readonly fileName: string
  readonly installer: string
  /** Only where the console made it. */
  readonly certificatePassword: Secret | undefined
  readonly expiresAt: Date
}

export class InstallerMaker {
  readonly #store: Store
  readonly #clock: Clock
  readonly #installation: Installation
  readonly #authorities: GroupAuthorities

  constructor(store: Store, clock: Clock, installation: Installation, authorities: GroupAuthorities) {
    this.#store = store
    this.#clock = clock
    this.#installation = installation
    this.#authorities = authorities
  }

  /** @throws CONSOLE_RELAY_NOT_SET, TRUST_PASSWORD_TOO_SHORT. */
  async make(order: InstallerOrder): Promise<MadeInstaller> {
    const { group, uses, days } = order
    const chosen = order.certificatePassword
    const password = chosen === undefined ? makePassword() : requireStrongPassword(chosen)
    const facts = this.#facts(order)
    const { bootstrap, authority } = await this.#authorities.issueBootstrap(group.id, days)
    const { identity, root } = this.#installation
    const installer = await makeInstallerFile({ facts, identity, bootstrap, authority, root }, password)
    const expiresAt = bootstrap.certificate.notAfter
    await this.#store.transaction(async (inside) => {
      await addCertificate(inside, 'bootstrap', bootstrap.certificate, group.id)
      await inside.installers.add({ keyId: bootstrap.certificate.keyId, group: group.id, uses, expiresAt })
    })
    return {
      fileName: fileNameOf(group.name),
      installer,
      certificatePassword: chosen === undefined ? password : undefined,
      expiresAt,
    }
  }

  #facts({ group, relay }: InstallerOrder): InstallerFacts {
    if (relay === undefined) throw consoleFailure('RELAY_NOT_SET')
    const { console, root } = this.#installation
    return {
      console,
      group: group.id as GroupId,
      groupName: group.name,
      relay: this.#installation.relay,
      relayUrl: relay.externalUrl,
      relayTlsCa: [certificatePem(root), relay.tlsCa ?? ''].join(''),
      issuedAt: this.#clock.now(),
    }
  }
}

/** A name that every file system takes. */
function fileNameOf(group: string): string {
  const plain = group
    .normalize('NFKD')
    .replace(/[^A-Za-z0-9]+/g, '-')
    .replace(/^-+|-+$/g, '')
    .slice(0, 60)
  return `sallygate-${plain === '' ? 'group' : plain.toLowerCase()}.installer.json`
}
