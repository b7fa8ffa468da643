/**
 * What a browser says it is, in the few words a person knows it by.
 *
 * The header itself is not kept: with versions and models it would tell people apart.
 * It is free text of whoever sends it, so nothing but names of this list comes out.
 *
 * @module
 */
import type { SessionOrigin } from '@sallygate/store'

/** In this order: browsers name those before them that they want to be taken for. */
const browsers: readonly (readonly [string, RegExp])[] = [
  ['Edge', /\bEdgA?\//],
  ['Opera', /\bOPR\//],
  ['Samsung Internet', /\bSamsungBrowser\//],
  ['Firefox', /\b(?:Firefox|FxiOS)\//],
  ['Chrome', /\b(?:Chrome|Chromium|HeadlessChrome|CriOS)\//],
  ['Safari', /\bVersion\/[\d.]+ .*Safari\//],
]

const systems: readonly (readonly [string, RegExp])[] = [
  ['Android', /\bAndroid\b/],
  ['iPhone', /\biPhone\b/],
  ['iPad', /\biPad\b/],
  ['Windows', /\bWindows NT\b/],
  ['macOS', /\bMacintosh\b/],
  ['ChromeOS', /\bCrOS\b/],
  ['Linux', /\b(?:Linux|X11)\b/],
]

/** Longer than any browser sends. */
const longestRead = 512

export function originOf(userAgent: string | undefined, source: string): SessionOrigin {
  return { browser: browserOf(userAgent?.slice(0, longestRead) ?? ''), addressFamily: familyOf(source) }
}

function browserOf(userAgent: string): string | undefined {
  const name = (list: typeof browsers) => list.find(([, mark]) => mark.test(userAgent))?.[0]
  const [browser, system] = [name(browsers), name(systems)]
  if (browser === undefined) return undefined
  return system === undefined ? browser : `${browser} on ${system}`
}

/** On a listener for both families IPv4 comes as `::ffff:192.0.2.1`. */
function familyOf(source: string): SessionOrigin['addressFamily'] {
  if (/^(?:::ffff:)?\d{1,3}(?:\.\d{1,3}){3}$/i.test(source)) return 'IPv4'
  return source.includes(':') ? 'IPv6' : undefined
}
