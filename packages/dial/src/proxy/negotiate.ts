/**
 * Negotiate with Kerberos (RFC 4559), where the optional native module `kerberos` is installed.
 *
 * It is no dependency: it has to be compiled for the machine, and most need it not. The
 * ticket comes from the cache or the keytab of the account this runs as; no password of
 * ours goes into it.
 *
 * @module
 */
import type { LoginContext, Scheme } from './login.ts'
import { tokenScheme, type TokenMaker } from './token-scheme.ts'

/** As much of the module as is used. */
export interface KerberosModule {
  initializeClient(service: string, options?: object): Promise<KerberosClient>
}

interface KerberosClient {
  /** Base64 in, base64 out. */
  step(challenge: string): Promise<string>
}

/** GSS_MECH_OID_SPNEGO, as the module counts: bare Kerberos is not what RFC 4559 puts on the wire. */
const spnego = 6

/** The name is a variable so that nobody resolves it before it is needed. */
const moduleName = 'kerberos'

export async function loadKerberos(): Promise<KerberosModule | undefined> {
  try {
    const loaded = (await import(moduleName)) as Partial<KerberosModule> & { readonly default?: KerberosModule }
    return typeof loaded.initializeClient === 'function' ? (loaded as KerberosModule) : loaded.default
  } catch {
    // Not installed, or compiled for another Node: both mean that there is none here.
    return undefined
  }
}

export function negotiateScheme(load: () => Promise<KerberosModule | undefined> = loadKerberos): Scheme {
  return tokenScheme({
    name: 'negotiate',
    label: 'Negotiate',
    needsCredentials: false,
    obstacle: async () => ((await load()) === undefined ? 'the optional module kerberos is not installed' : undefined),
    make: (context) => makeTokens(load, context),
  })
}

async function makeTokens(load: () => Promise<KerberosModule | undefined>, context: LoginContext): Promise<TokenMaker> {
  const kerberos = await load()
  if (kerberos === undefined) throw new Error('the optional module kerberos is not installed')
  const client = await kerberos.initializeClient(`HTTP@${context.proxyHost}`, { mechOID: spnego })
  return {
    async next(token) {
      const made = await client.step(token?.toString('base64') ?? '')
      return Buffer.from(made ?? '', 'base64')
    },
  }
}
