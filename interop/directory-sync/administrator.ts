/**
 * An administrator with a client of their own (ldapts): the changes that a sync has to notice.
 *
 * @module
 */
import { Attribute, Change, Client } from 'ldapts'

export interface AdministratorOptions {
  readonly url: string
  readonly authority: string
  readonly serverName: string
  readonly user: string
  readonly password: string
}

export class Administrator {
  readonly #client: Client

  private constructor(client: Client) {
    this.#client = client
  }

  static async bind({ url, authority, serverName, user, password }: AdministratorOptions): Promise<Administrator> {
    const client = new Client({
      url,
      tlsOptions: { ca: authority, servername: serverName },
      timeout: 100_000,
      connectTimeout: 5000,
    })
    await client.bind(user, password)
    return new Administrator(client)
  }

  add(dn: string, attributes: Readonly<Record<string, string | readonly string[]>>): Promise<void> {
    const listed = Object.entries(attributes).map(
      ([type, values]) => new Attribute({ type, values: typeof values === 'string' ? [values] : [...values] }),
    )
    return this.#client.add(dn, listed)
  }

  set(dn: string, type: string, ...values: readonly string[]): Promise<void> {
    return this.#change('replace', dn, type, values)
  }

  addValues(dn: string, type: string, ...values: readonly string[]): Promise<void> {
    return this.#change('add', dn, type, values)
  }

  removeValues(dn: string, type: string, ...values: readonly string[]): Promise<void> {
    return this.#change('delete', dn, type, values)
  }

  /** To another name, below another entry, or both. */
  move(dn: string, to: string): Promise<void> {
    return this.#client.modifyDN(dn, to)
  }

  remove(dn: string): Promise<void> {
    return this.#client.del(dn)
  }

  close(): Promise<void> {
    return this.#client.unbind()
  }

  #change(operation: 'add' | 'delete' | 'replace', dn: string, type: string, values: readonly string[]): Promise<void> {
    return this.#client.modify(
      dn,
      new Change({ operation, modification: new Attribute({ type, values: [...values] }) }),
    )
  }
}
