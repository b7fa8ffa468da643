/**
 * The settings of the way out: the same rows for every program that dials.
 *
 * @module
 */
import { durationMs, flag, maybe, path, secretFile, text, url } from '@sallygate/base/settings'

const open = { classification: 'public' } as const

export const proxyFields = {
  // Not classified, and so never shown: somebody may have written a password into it before it is refused for that.
  proxyUrl: maybe(
    url(
      'Proxy to reach the relay through: http://host:port, or https://host:port for TLS to the proxy. No login in it.',
    ),
  ),
  proxyPac: maybe(text('PAC file that names the proxy, as path or http(s) address, in place of proxyUrl.')),
  proxyFromEnvironment: flag('Whether HTTPS_PROXY and NO_PROXY of the environment count, in place of proxyUrl.', {
    ...open,
    default: false,
    because: 'what a shell happened to export must not decide which way out a service takes',
  }),
  proxyBypass: maybe(
    text(
      'Hosts that are dialled directly all the same: names, .suffixes, addresses, ranges; separated by commas.',
      open,
    ),
  ),
  proxyAllowDirect: flag('Whether a DIRECT in the PAC file is obeyed.', {
    ...open,
    default: false,
    because: 'nothing goes past the proxy unless somebody has said that it may',
  }),
  proxyCredentialsFile: maybe(
    secretFile(
      'Login for the proxy: user (user, DOMAIN\\user or user@realm) on the first line, password on the second. Read anew when it changes.',
    ),
  ),
  proxySchemes: text('Ways to log in to the proxy that may be used, the first that it offers is taken.', {
    ...open,
    default: 'negotiate, ntlm, digest, basic',
    because: 'strongest first',
  }),
  proxyAllowPlainBasic: flag('Whether a Basic login may be sent to a proxy without TLS.', {
    ...open,
    default: false,
    because: 'everybody between here and the proxy could read the password',
  }),
  proxyLoginRest: durationMs(
    'How long a login that the proxy has refused is not tried again, unless its file changes.',
    {
      ...open,
      default: 900_000,
      because: 'directories lock an account after some five wrong passwords within half an hour; this is two',
    },
  ),
  proxyCaFile: maybe(
    path('Authorities (PEM) for the certificate of the proxy itself, where its address is https://.', open),
  ),
  inspectionCaFile: maybe(path('Authorities (PEM) of a proxy that opens TLS on the way and signs it anew.', open)),
} as const

/** What the rows above come to. */
export interface ProxySettings {
  readonly proxyUrl: string | undefined
  readonly proxyPac: string | undefined
  readonly proxyFromEnvironment: boolean
  readonly proxyBypass: string | undefined
  readonly proxyAllowDirect: boolean
  readonly proxyCredentialsFile: string | undefined
  readonly proxySchemes: string
  readonly proxyAllowPlainBasic: boolean
  readonly proxyLoginRest: number
  readonly proxyCaFile: string | undefined
  readonly inspectionCaFile: string | undefined
}
