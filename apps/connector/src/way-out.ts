/**
 * The connector's way out: the proxy of its settings, with the logins that Windows networks ask for.
 *
 * @module
 */
import { makeWayOut, ntlmScheme, type ProxyEnvironment, type ProxySettings, type WayOut } from '@sallygate/dial'
import { systemClock, type Clock } from '@sallygate/base/clock'
import { silentLog, type Log } from '@sallygate/base/log'
import { ntlmTokens } from '@sallygate/protocol-ntlm'

export interface WayOutFrom {
  readonly clock?: Clock
  readonly log?: Log
  readonly environment?: ProxyEnvironment | undefined
}

/** @returns `undefined` where no proxy is configured. @throws DIAL_PROXY_SETTINGS, FILE_MISSING, FILE_UNREADABLE. */
export function connectorWayOut(settings: ProxySettings, from: WayOutFrom = {}): WayOut | undefined {
  const { clock = systemClock, log = silentLog, environment } = from
  return makeWayOut(settings, {
    clock,
    log,
    schemes: [ntlmScheme(ntlmTokens)],
    ...(environment === undefined ? {} : { environment }),
  })
}
