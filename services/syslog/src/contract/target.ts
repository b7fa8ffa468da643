/**
 * A target: a collector, the way to it, and the format it is sent.
 *
 * @module
 */
import { z } from 'zod'

const hostName = z
  .string()
  .min(1)
  .max(253)
  .regex(/^[A-Za-z0-9._:-]+$/, 'a host name or IP address')
const ascii = (most: number) =>
  z
    .string()
    .min(1)
    .max(most)
    .regex(/^[\u0021-\u007e]+$/, 'printable ASCII without blanks')

export const transports = ['udp', 'tcp', 'tls'] as const
export const formats = ['rfc5424', 'cef', 'leef', 'template'] as const
export const facilityNames = [
  'kern',
  'user',
  'mail',
  'daemon',
  'auth',
  'syslog',
  'lpr',
  'news',
  'uucp',
  'cron',
  'authpriv',
  'ftp',
  'ntp',
  'audit',
  'alert',
  'clock',
  'local0',
  'local1',
  'local2',
  'local3',
  'local4',
  'local5',
  'local6',
  'local7',
] as const

export const syslogTarget = z.strictObject({
  host: hostName,
  /** 514 for UDP and TCP, 6514 for TLS, as a rule. */
  port: z.number().int().min(1).max(65_535),
  /** UDP tells nobody of what it loses. Plain TCP is readable on the way. */
  transport: z.enum(transports).default('tls'),
  /** RFC 6587. Over TLS, RFC 5425 knows octet counting only. */
  framing: z.enum(['octetCounting', 'lineFeed']).default('octetCounting'),
  /** The name in the certificate, where it is not the host. */
  certificateName: hostName.optional(),
  /** Authorities to believe, PEM. Absent: those the connector host believes. */
  trust: z.string().max(65_536).optional(),
  /** SHA-256 of the collector's own certificate, hex. With it nothing but that certificate is believed. */
  pin: z
    .string()
    .regex(/^[0-9A-Fa-f]{2}(?::?[0-9A-Fa-f]{2}){31}$/, 'SHA-256 as 64 hex characters')
    .optional(),
  /** PEM, with what leads to its authority, for collectors that ask for one. Its key is a secret of the target. */
  clientCertificate: z.string().max(65_536).optional(),
  format: z.enum(formats).default('rfc5424'),
  /** Before CEF, LEEF and the template; `rfc5424` always has its own. */
  header: z.enum(['rfc3164', 'rfc5424']).default('rfc3164'),
  /** Of the format `template`: text with %names%. Absent: AirWatch's line. */
  template: z.string().min(1).max(4096).optional(),
  facility: z.enum(facilityNames).default('local0'),
  appName: ascii(48).default('sallygate'),
  /** Who says it. Absent: `sallygate-console`. */
  hostName: ascii(255).optional(),
  /** Longer messages are cut. Absent: 2048 over UDP, 8192 otherwise. */
  maxMessageBytes: z.number().int().min(1024).max(65_000).optional(),
  /** `never`: for collectors that take the mark for text. */
  byteOrderMark: z.enum(['asNeeded', 'never']).default('asNeeded'),
})

export type SyslogTarget = z.infer<typeof syslogTarget>
export type SyslogTargetInput = z.input<typeof syslogTarget>

/** Where it is sent and whom it believes. A change of one of these erases the stored client key. */
export const movesTarget = [
  'host',
  'port',
  'transport',
  'certificateName',
  'trust',
  'pin',
  'clientCertificate',
] as const

export function targetLabel({ transport, host, port }: Pick<SyslogTarget, 'transport' | 'host' | 'port'>): string {
  return `${transport} ${host.includes(':') ? `[${host}]` : host}:${port}`
}

/** As the collector is to know us. */
export const usualHostName = 'sallygate-console'

/** A datagram of more than this is likely to be cut into pieces on the way, and lost with any of them. */
export function maxMessageBytes({ maxMessageBytes: given, transport }: SyslogTarget): number {
  return given ?? (transport === 'udp' ? 2048 : 8192)
}
