/**
 * From settings to a way out.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import { readFile } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { dialFailure } from '../failures.ts'
import type { TlsOptions } from '../path.ts'
import { defaultTuning } from '../tuning.ts'
import { parseProxyUrl, type ProxyAddress } from './address.ts'
import { basicScheme } from './basic.ts'
import { parseBypass, type Bypass } from './bypass.ts'
import { ProxyCredentials } from './credentials.ts'
import { digestScheme } from './digest.ts'
import { schemeNames, type Scheme } from './login.ts'
import { negotiateScheme } from './negotiate.ts'
import { PacSource } from './pac-source.ts'
import type { ProxySettings } from './settings.ts'
import { WayOut } from './way-out.ts'

/** The variables that programs take their proxy from. Handed in by what composes the process. */
export type ProxyEnvironment = Readonly<
  Partial<Record<'HTTPS_PROXY' | 'https_proxy' | 'NO_PROXY' | 'no_proxy', string>>
>

export interface WayOutSurroundings {
  readonly clock: Clock
  readonly log: Log
  /** Schemes whose tokens somebody else makes; this package knows Basic, Digest and Kerberos. */
  readonly schemes?: readonly Scheme[]
  /** Looked at only where the settings say so. */
  readonly environment?: ProxyEnvironment
  /** Per hop. */
  readonly timeoutMs?: number
}

/** @returns `undefined` where no proxy is configured. @throws DIAL_PROXY_SETTINGS, FILE_MISSING, FILE_UNREADABLE. */
export function makeWayOut(settings: ProxySettings, around: WayOutSurroundings): WayOut | undefined {
  const named = proxyOf(settings, around)
  if (named === undefined) return undefined
  const { clock, log, timeoutMs = defaultTuning.hopMs } = around
  return new WayOut({
    ...named,
    isDirectAllowed: settings.proxyAllowDirect,
    schemes: schemesOf(settings, around.schemes ?? []),
    credentials: new ProxyCredentials({ file: settings.proxyCredentialsFile, restMs: settings.proxyLoginRest, clock }),
    tls: authoritiesOf(settings.proxyCaFile),
    clock,
    log,
    timeoutMs,
  })
}

interface Named {
  readonly from: ProxyAddress | PacSource
  readonly saidBy: string
  readonly bypass: Bypass
}

function proxyOf(
  settings: ProxySettings,
  { clock, log, environment = {}, timeoutMs }: WayOutSurroundings,
): Named | undefined {
  const { proxyUrl, proxyPac, proxyFromEnvironment } = settings
  const count = [proxyUrl, proxyPac, proxyFromEnvironment ? 'yes' : undefined].filter((one) => one !== undefined).length
  if (count === 0) return undefined
  if (count > 1) throw refused('proxyUrl', 'more than one of proxyUrl, proxyPac and proxyFromEnvironment')
  const own = parseBypass(settings.proxyBypass ?? '', 'proxyBypass')
  if (proxyUrl !== undefined) return { from: parseProxyUrl(proxyUrl, 'proxyUrl'), saidBy: 'proxyUrl', bypass: own }
  if (proxyPac !== undefined) {
    const tls = authoritiesOf(settings.proxyCaFile)
    const pac = new PacSource({ place: proxyPac, tls, clock, log, timeoutMs: timeoutMs ?? defaultTuning.hopMs })
    return { from: pac, saidBy: 'proxyPac', bypass: own }
  }
  const written = environment.HTTPS_PROXY ?? environment.https_proxy ?? ''
  // Whoever says that it counts expects a proxy in it; going out directly instead would be the silent way past one.
  if (written === '') throw refused('proxyFromEnvironment', 'HTTPS_PROXY is not set in the environment of this process')
  const theirs = parseBypass(environment.NO_PROXY ?? environment.no_proxy ?? '', 'NO_PROXY')
  return {
    from: parseProxyUrl(written, 'HTTPS_PROXY'),
    saidBy: 'HTTPS_PROXY',
    bypass: (target) => own(target) ?? theirs(target),
  }
}

function schemesOf(
  { proxySchemes, proxyAllowPlainBasic }: ProxySettings,
  handedIn: readonly Scheme[],
): readonly Scheme[] {
  const known = [...handedIn, negotiateScheme(), digestScheme(), basicScheme({ isPlainAllowed: proxyAllowPlainBasic })]
  return proxySchemes
    .toLowerCase()
    .split(/[,\s]+/)
    .filter((name) => name !== '')
    .flatMap((name) => {
      if (!(schemeNames as readonly string[]).includes(name))
        throw refused('proxySchemes', `only ${schemeNames.join(', ')}`)
      return known.find((scheme) => scheme.name === name) ?? []
    })
}

function authoritiesOf(file: string | undefined): TlsOptions {
  return file === undefined ? {} : { ca: [readFile(file).toString('utf8')] }
}

/** The authorities of a proxy that inspects TLS, to be trusted for the relay. @throws FILE_MISSING, FILE_UNREADABLE. */
export function inspectionAuthorities({
  inspectionCaFile,
}: Pick<ProxySettings, 'inspectionCaFile'>): readonly string[] {
  return authoritiesOf(inspectionCaFile).ca ?? []
}

function refused(setting: string, reason: string): Failure {
  return dialFailure('PROXY_SETTINGS', { details: { setting, reason } })
}
