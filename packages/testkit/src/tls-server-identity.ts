/**
 * TLS servers for tests: an authority and certificates under it, good ones and bad ones.
 *
 * @module
 */
import {
  certificatePem,
  issueTlsServer,
  makeId,
  makePrivateKey,
  makeProductRoot,
  type ConsoleId,
  type Holder,
} from '@sallygate/trust'

export interface TlsServerIdentity {
  readonly key: string
  readonly cert: string
}

export class TlsAuthority {
  readonly #root: Holder

  constructor(root: Holder) {
    this.#root = root
  }

  /** In PEM, for the `ca` of a client. */
  get certificate(): string {
    return certificatePem(this.#root.certificate)
  }

  /** @param at When it was issued; long ago makes one that has expired. */
  async issue(
    hosts: readonly string[] = ['localhost'],
    at: Date = new Date(),
    addresses: readonly string[] = [],
  ): Promise<TlsServerIdentity> {
    const privateKey = makePrivateKey('P-256')
    const certificate = await issueTlsServer({ issuer: this.#root, publicKey: privateKey, hosts, addresses, at })
    return { key: privateKey.export({ type: 'pkcs8', format: 'pem' }), cert: certificatePem(certificate) }
  }
}

/** Three years old, so that it has been able to issue what has expired by now. */
export async function makeTlsAuthority(): Promise<TlsAuthority> {
  const at = new Date(Date.now() - 3 * 365 * 86_400_000)
  return new TlsAuthority(await makeProductRoot({ console: makeId<ConsoleId>(), at }))
}
