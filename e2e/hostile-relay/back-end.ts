/**
 * The system behind the gate: the sample office's directory over LDAPS, counting what is asked of it.
 *
 * A hostile relay has won something only when it shows here. Binds of the account that
 * the connector itself uses are its own business and are not counted.
 *
 * @module
 */
import { startLdapServer, type LdapServer, type LdapTree } from '@sallygate/protocol-ldap'
import { baseDn, decideBind, reader, sampleTree } from '@sallygate/sample-office'
import { startLagProxy, type LagProxy } from '@sallygate/testkit/lag-proxy'

export class BackEnd {
  /** The filter of every search below the base, as text. */
  readonly searches: string[] = []
  /** The name of everybody whose password was tried. */
  readonly signIns: string[] = []
  #server: LdapServer | undefined
  #line: LagProxy | undefined

  /** @param tls Made out to 127.0.0.1. */
  static async start(tls: { readonly key: string; readonly cert: string }): Promise<BackEnd> {
    const backEnd = new BackEnd()
    backEnd.#server = await startLdapServer(
      {
        tree: backEnd.#counting(sampleTree()),
        authenticate: (name, password) => {
          if (name !== reader.dn) backEnd.signIns.push(name)
          return decideBind(name, password)
        },
        tls,
        requireTls: true,
        sizeLimit: 1000,
      },
      { host: '127.0.0.1', ldaps: 0 },
    )
    backEnd.#line = await startLagProxy({ port: backEnd.#server.ldapsPort ?? 0 })
    return backEnd
  }

  get port(): number {
    return this.#line?.port ?? 0
  }

  /** How often something was really done. */
  get operations(): number {
    return this.searches.length + this.signIns.length
  }

  /** Searches whose filter holds this text. */
  lookUps(text: string): number {
    return this.searches.filter((filter) => filter.includes(text)).length
  }

  /** Passwords tried for this person. */
  signInsOf(uid: string): number {
    return this.signIns.filter((name) => name.startsWith(`uid=${uid},`)).length
  }

  /** Lets every message to and from the directory take this long, so that work is under way when a test needs it to be. */
  delay(ms: number): void {
    if (this.#line !== undefined) this.#line.ways = ms === 0 ? {} : { delayMs: ms }
  }

  async stop(): Promise<void> {
    await this.#line?.stop()
    await this.#server?.stop()
  }

  #counting(tree: LdapTree): LdapTree {
    const search = tree.search.bind(tree)
    tree.search = (base, scope, filter) => {
      if (base.endsWith(baseDn)) this.searches.push(readable(filter))
      return search(base, scope, filter)
    }
    return tree
  }
}

/** Values are bytes in a filter; here they are looked for as text. */
function readable(filter: unknown): string {
  return JSON.stringify(filter, (_key, value: unknown) => {
    const isBuffer = typeof value === 'object' && value !== null && 'type' in value && value.type === 'Buffer'
    return isBuffer ? Buffer.from((value as unknown as { data: number[] }).data).toString('utf8') : value
  })
}
