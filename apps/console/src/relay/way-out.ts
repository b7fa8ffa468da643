/**
 * The console's way out to its relay: the proxy of its settings, and whose certificates it believes there.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import {
  inspectionAuthorities,
  makeWayOut,
  ntlmScheme,
  type ProxyEnvironment,
  type ProxySettings,
  type WayOut,
} from '@sallygate/dial'
import { ntlmTokens } from '@sallygate/protocol-ntlm'
import { certificatePem } from '@sallygate/trust'
import type { Installation } from '../certificates/installation.ts'
import type { RelaySettings } from './relay-settings.ts'

export interface WayToRelay {
  /** Absent where the relay is dialled directly. */
  readonly wayOut?: WayOut
  /** PEM, of a proxy that opens TLS on the way. */
  readonly inspectionCa: readonly string[]
}

export const directly: WayToRelay = { inspectionCa: [] }

export interface WayAround {
  readonly clock: Clock
  readonly log: Log
  /** Counts only where the settings say so. */
  readonly environment?: ProxyEnvironment
}

/** @throws DIAL_PROXY_SETTINGS, FILE_MISSING, FILE_UNREADABLE. */
export function wayToRelay(settings: ProxySettings, { clock, log, environment = {} }: WayAround): WayToRelay {
  const wayOut = makeWayOut(settings, {
    clock,
    log: log.with({ link: 'proxy' }),
    schemes: [ntlmScheme(ntlmTokens)],
    environment,
  })
  const inspectionCa = inspectionAuthorities(settings)
  return wayOut === undefined ? { inspectionCa } : { wayOut, inspectionCa }
}

/** PEM: the product root, what the relay settings name, and who inspects. */
export function relayAuthorities(
  { root }: Pick<Installation, 'root'>,
  { tlsCa }: Pick<RelaySettings, 'tlsCa'>,
  { inspectionCa }: WayToRelay,
): readonly string[] {
  return [certificatePem(root), ...(tlsCa === undefined ? [] : [tlsCa]), ...inspectionCa]
}
