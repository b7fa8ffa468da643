/**
 * Syslog targets, in words.
 *
 * @module
 */
import type { SyslogTarget, TargetState } from '../api/syslog-shapes.ts'
import type { Standing } from '../gate/gate.ts'

export function standingOfTarget({ state, dropped, failure }: TargetState): readonly [Standing, string] {
  if (state === 'off') return ['off', 'off']
  if (state === 'waiting' || failure !== undefined) return ['failed', 'takes nothing']
  if (dropped > 0) return ['warning', 'delivers, after drops']
  if (state === 'new') return ['off', 'nothing sent yet']
  return ['ok', state === 'delivering' ? 'delivering' : 'up to date']
}

export const formatWords: Readonly<Record<SyslogTarget['format'], string>> = {
  rfc5424: 'RFC 5424 with structured data',
  cef: 'CEF',
  leef: 'LEEF',
  template: 'a line of your own',
}

export const confirmationWords: Readonly<Record<NonNullable<TargetState['confirmation']>, string>> = {
  certain: 'the collector shows what it has read',
  habit: 'this collector does not end connections: what it was sent just before a cut may be lost unseen',
  none: 'UDP tells nobody of what it loses',
}

/** `tls collector.example.com:6514`. */
export function addressOf({ transport, host, port }: Pick<SyslogTarget, 'transport' | 'host' | 'port'>): string {
  return `${transport} ${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** `0 B`, `12 KiB`, `1.5 MiB`. */
export function bytesWords(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`
  if (bytes < 1024 * 1024) return `${Math.round(bytes / 1024)} KiB`
  return `${Number((bytes / 1024 / 1024).toFixed(1))} MiB`
}
