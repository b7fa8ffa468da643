/**
 * A tunnel: CONNECT through one proxy (RFC 9110 9.3.6), with a login where it asks for one.
 *
 * The name of the target goes to the proxy as it stands; nothing here resolves it.
 *
 * @module
 */
import type { Duplex } from 'node:stream'
import type { Clock } from '@sallygate/base/clock'
import { dialFailure } from '../failures.ts'
import type { TlsOptions } from '../path.ts'
import { retryAfterMs } from '../retry-after.ts'
import { authority, type ProxyAddress } from './address.ts'
import { parseChallenges } from './challenges.ts'
import type { ProxyCredentials } from './credentials.ts'
import { ask, type Answer } from './exchange.ts'
import type { ResponseHead } from './head.ts'
import type { HopWatch } from './hops.ts'
import { LoginAttempt } from './login-attempt.ts'
import type { Scheme, SchemeName } from './login.ts'
import { openProxySocket } from './proxy-socket.ts'
import { markTunnel } from './tunnels.ts'

export interface TunnelOptions {
  /** In the order in which they are to be tried. */
  readonly schemes: readonly Scheme[]
  readonly credentials: ProxyCredentials
  readonly tls: TlsOptions
  readonly clock: Clock
  /** Per hop. The CONNECT itself gets three of it: the proxy has a name to resolve and a connection to make. */
  readonly timeoutMs: number
  readonly watch: HopWatch
}

export interface Tunnel {
  readonly stream: Duplex
  /** How the proxy let us in; `undefined`: without a login. */
  readonly scheme: SchemeName | undefined
}

/** The proxy went away without a word. */
const unspoken = new Set(['DIAL_PROXY_CUT', 'DIAL_PROXY_SILENT'])

/** Negotiate may need a few; nobody needs more. */
const maxQuestions = 10

/** @throws DIAL_PROXY_*; or the signal's reason. */
export async function openTunnel(
  proxy: ProxyAddress,
  target: { readonly host: string; readonly port: number },
  options: TunnelOptions,
  signal: AbortSignal,
): Promise<Tunnel> {
  const { clock, watch } = options
  // While a refused login rests, not even the question is asked.
  const credentials = options.credentials.read()
  const shownTarget = authority(target.host, target.port)
  const context = {
    credentials,
    proxyHost: proxy.host,
    target: shownTarget,
    isEncrypted: proxy.isTls,
    now: clock.now(),
  }
  const login = new LoginAttempt({
    schemes: options.schemes,
    context,
    proxy: proxy.shown,
    clock,
    timeoutMs: 3 * options.timeoutMs,
  })
  const limits = { clock, timeoutMs: 3 * options.timeoutMs, proxy: proxy.shown }
  let stream = await openProxySocket(proxy, options, signal)
  watch.enter(`proxy CONNECT ${shownTarget}`)
  let authorization: string | undefined
  try {
    for (let questions = 0; questions < maxQuestions; questions++) {
      const answer = await ask(stream, questionOf(shownTarget, authorization), limits, signal).catch(
        (error: unknown) => {
          const isLost = dialFailure.is(error) && unspoken.has(error.code)
          if (!isLost || !login.isPresented || credentials === undefined)
            throw namedByLogin(error, login, authorization)
          const scheme = login.scheme?.name ?? 'none'
          throw options.credentials.unjudged(credentials, proxy.shown, scheme) ?? login.broken('no answer to the login')
        },
      )
      const { status } = answer.head
      if (login.isPresented && status !== 407 && status !== 401) options.credentials.judged()
      if (status >= 200 && status < 300) return opened(stream, answer, login, options, { proxy, shownTarget })
      // tinyproxy 1.11 answers a wrong password with 401, as a web server would. Taken for a status like any other it
      // would be tried again every minute. (interop/proxies/tinyproxy)
      const isWrong = status === 401 && authorization !== undefined
      if (status !== 407 && !isWrong) throw refusal(answer.head, proxy, shownTarget, clock.now())
      const offered = parseChallenges(answer.head.all('proxy-authenticate'))
      authorization = isWrong ? undefined : await login.answer(offered)
      if (authorization === undefined) {
        const scheme = login.scheme?.name ?? 'none'
        throw credentials === undefined || scheme === 'negotiate'
          ? login.broken('the proxy does not take the ticket')
          : options.credentials.refused(credentials, proxy.shown, scheme)
      }
      if (!answer.isReusable)
        stream = await reopened(stream, login, questions, () => openProxySocket(proxy, options, signal))
    }
    throw login.broken('the proxy asks on and on')
  } catch (error) {
    discard(stream)
    throw error
  }
}

function opened(
  stream: Duplex,
  { head, isFollowed }: Answer,
  login: LoginAttempt,
  { watch }: TunnelOptions,
  { proxy, shownTarget }: { readonly proxy: ProxyAddress; readonly shownTarget: string },
): Tunnel {
  // Over the tunnel we speak first. Whatever is there already, the relay has not said it.
  if (isFollowed) throw dialFailure('PROXY_NO_TUNNEL', { details: { proxy: proxy.shown, target: shownTarget } })
  const scheme = login.scheme?.name
  const how = scheme === undefined ? 'without a login' : `after a login with ${scheme} (it offers ${login.offered})`
  markTunnel(stream, proxy.shown)
  watch.found(`Opens the way (${head.status}) ${how}.`)
  return { stream, scheme }
}

function questionOf(target: string, authorization: string | undefined): string {
  const lines = [
    `CONNECT ${target} HTTP/1.1`,
    `Host: ${target}`,
    'User-Agent: sallygate',
    'Proxy-Connection: keep-alive',
    ...(authorization === undefined ? [] : [`Proxy-Authorization: ${authorization}`]),
  ]
  return `${lines.join('\r\n')}\r\n\r\n`
}

/** A login of several legs ends with its connection; before its first leg a new one does as well. */
async function reopened(
  stream: Duplex,
  login: LoginAttempt,
  questions: number,
  open: () => Promise<Duplex>,
): Promise<Duplex> {
  discard(stream)
  if (login.scheme?.isConnectionBound === true && questions > 0) throw login.broken('the proxy closed the connection')
  return await open()
}

/** A connection that is cut while a login goes on is the login's failure. */
function namedByLogin(error: unknown, login: LoginAttempt, authorization: string | undefined): unknown {
  const isCut = dialFailure.is(error) && error.code === 'DIAL_PROXY_CUT'
  return isCut && authorization !== undefined && login.scheme?.isConnectionBound === true
    ? login.broken('the proxy closed the connection')
    : error
}

function refusal(head: ResponseHead, proxy: ProxyAddress, target: string, now: Date) {
  const waitMs = retryAfterMs(head.header('retry-after'), now)
  const details = {
    proxy: proxy.shown,
    target,
    httpStatus: head.status,
    ...(waitMs === undefined ? {} : { retryAfterMs: waitMs }),
  }
  if (head.status === 403) return dialFailure('PROXY_FORBIDDEN', { details })
  return dialFailure(head.status >= 500 ? 'PROXY_CANNOT_REACH' : 'PROXY_REFUSED', { details })
}

function discard(stream: Duplex): void {
  stream.on('error', () => undefined)
  stream.destroy()
}
