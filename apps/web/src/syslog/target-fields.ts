/**
 * A syslog target between the API and the form. What was left empty is left out: the default holds.
 *
 * @module
 */
import type { ShownTarget, SyslogTarget, TargetSettings } from '../api/syslog-shapes.ts'

export interface TargetFields {
  readonly name: string
  readonly isOn: boolean
  readonly host: string
  readonly port: number | string
  readonly transport: SyslogTarget['transport']
  readonly framing: SyslogTarget['framing']
  readonly certificateName: string
  readonly trust: string
  readonly pin: string
  readonly clientCertificate: string
  /** Never filled from what is stored. */
  readonly clientKey: string
  readonly format: SyslogTarget['format']
  readonly header: SyslogTarget['header']
  readonly template: string
  readonly facility: string
  readonly appName: string
  readonly hostName: string
  readonly maxMessageBytes: number | string
  readonly byteOrderMark: SyslogTarget['byteOrderMark']
  readonly severity: string
  readonly categories: readonly string[]
  readonly spoolMiB: number | string
  readonly withInstallation: boolean
}

const usualPort = { udp: 514, tcp: 514, tls: 6514 } as const
const mebibyte = 1024 * 1024

/** The usual port follows the transport; one that somebody chose stays. */
export function portFor(transport: SyslogTarget['transport'], port: number | string): number | string {
  return port === '' || Number(port) === 514 || Number(port) === 6514 ? usualPort[transport] : port
}

/** As the console has them, where a target says nothing. */
const usual = {
  host: '',
  port: usualPort.tls,
  transport: 'tls',
  framing: 'octetCounting',
  certificateName: '',
  trust: '',
  pin: '',
  clientCertificate: '',
  format: 'rfc5424',
  header: 'rfc3164',
  template: '',
  facility: 'local0',
  appName: 'sallygate',
  hostName: '',
  maxMessageBytes: '',
  byteOrderMark: 'asNeeded',
} as const

export function targetFieldsOf(shown: ShownTarget | undefined): TargetFields {
  const { target, filter, isOn = true, spoolBytes = 16 * mebibyte, withInstallation = false } = shown?.settings ?? {}
  return {
    ...usual,
    ...target,
    name: shown?.name ?? '',
    isOn,
    clientKey: '',
    severity: filter?.severity ?? 'info',
    categories: filter?.categories ?? [],
    spoolMiB: spoolBytes / mebibyte,
    withInstallation,
  }
}

const ofTls = ['certificateName', 'trust', 'pin', 'clientCertificate'] as const

/** What belongs to TLS, or to a template, is not kept beside another choice; what is empty is left out. */
export function targetOf(fields: TargetFields): SyslogTarget {
  const { transport, framing, format, header, facility, byteOrderMark, maxMessageBytes } = fields
  const texts = [
    ...(transport === 'tls' ? ofTls : []),
    ...(format === 'template' ? (['template'] as const) : []),
    'hostName' as const,
  ]
  return {
    host: fields.host.trim(),
    port: Number(fields.port),
    transport,
    // RFC 5425 knows octet counting only.
    framing: transport === 'tcp' ? framing : 'octetCounting',
    format,
    header,
    facility,
    appName: fields.appName.trim(),
    byteOrderMark,
    ...Object.fromEntries(texts.map((name) => [name, fields[name].trim()]).filter(([, value]) => value !== '')),
    ...(maxMessageBytes === '' ? {} : { maxMessageBytes: Number(maxMessageBytes) }),
  }
}

export interface TargetChange {
  readonly name: string
  readonly settings: TargetSettings
  readonly clientKey?: string | null
}

export function changeOf(fields: TargetFields, hasKey: boolean): TargetChange {
  const target = targetOf(fields)
  const key = fields.clientKey.trim()
  return {
    name: fields.name.trim(),
    settings: {
      isOn: fields.isOn,
      target,
      filter: {
        severity: fields.severity,
        ...(fields.categories.length === 0 ? {} : { categories: fields.categories }),
      },
      spoolBytes: Math.round(Number(fields.spoolMiB) * mebibyte),
      withInstallation: fields.withInstallation,
    },
    ...(key !== '' && target.clientCertificate !== undefined ? { clientKey: key } : {}),
    // A key without its certificate is of no use to anybody.
    ...(hasKey && target.clientCertificate === undefined ? { clientKey: null } : {}),
  }
}

/** What decides where the key is used: changed, it has to be entered again. */
const movers = ['host', 'port', 'transport', ...ofTls] as const

export function erasesKey(fields: TargetFields, shown: ShownTarget | undefined): boolean {
  if (shown?.hasClientKey !== true) return false
  const [before, after] = [shown.settings.target, targetOf(fields)]
  return movers.some((name) => before[name] !== after[name])
}
