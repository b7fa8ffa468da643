/**
 * Mail settings between the API and the form. What was left empty is left out: the default holds.
 *
 * @module
 */
import type { ServerRow } from '../services/server-row.tsx'
import { storedText, type StoredSettings } from '../services/service-settings.ts'

export type MailEncryption = 'none' | 'opportunistic' | 'required' | 'implicit'
export type Authentication = 'none' | 'plain' | 'login' | 'cramMd5' | 'xoauth2'

const texts = [
  'trust',
  'certificatePin',
  'user',
  'tokenEndpoint',
  'tokenTrust',
  'clientId',
  'tokenScope',
  'from',
  'fromName',
  'replyTo',
  'dkimDomain',
  'dkimSelector',
  'ehloName',
] as const
/** Never filled from what is stored: they can be replaced, not read. */
const secrets = ['password', 'clientSecret', 'dkimPrivateKey'] as const
const numbers = {
  maxMessageBytes: 1024 * 1024,
  connectTimeoutMs: 10_000,
  commandTimeoutMs: 60_000,
  finalDotTimeoutMs: 600_000,
} as const

export type MailSecret = (typeof secrets)[number]

export type MailFields = Readonly<Record<(typeof texts)[number] | MailSecret, string>> &
  Readonly<Record<keyof typeof numbers, number | string>> & {
    readonly servers: readonly ServerRow[]
    readonly encryption: MailEncryption
    readonly authentication: Authentication
  }

/** Where a password goes: changed, it has to be entered again. */
export const mailTargets = ['servers', 'encryption', 'trust', 'certificatePin', 'tokenEndpoint', 'tokenTrust'] as const

export const mailPorts = (encryption: MailEncryption) =>
  encryption === 'implicit'
    ? [{ port: 465, says: 'submission over TLS' }]
    : [
        { port: 587, says: 'submission' },
        { port: 25, says: 'mail relay' },
      ]

export const mailServer = (encryption: MailEncryption): ServerRow => ({
  host: '',
  port: mailPorts(encryption)[0]?.port ?? 587,
  certificateName: '',
})

/** A usual port follows the encryption; one that somebody chose stays. */
export function mailPortAfter(port: number | string, to: MailEncryption): number | string {
  const isUsual = ['25', '587', '465'].includes(String(port))
  const fits = mailPorts(to).some((one) => String(one.port) === String(port))
  return isUsual && !fits ? (mailPorts(to)[0]?.port ?? port) : port
}

export function mailFieldsOf(stored: StoredSettings | null): MailFields {
  const text = (name: string) => (typeof stored?.[name] === 'string' ? stored[name] : '')
  const encryption = (text('encryption') || 'required') as MailEncryption
  const given = Array.isArray(stored?.['servers']) ? (stored['servers'] as Partial<ServerRow>[]) : []
  const servers = given.map(({ host = '', port = '', certificateName = '' }) => ({ host, port, certificateName }))
  return {
    ...(Object.fromEntries(texts.map((name) => [name, text(name)])) as Record<(typeof texts)[number], string>),
    ...(Object.fromEntries(secrets.map((name) => [name, ''])) as Record<MailSecret, string>),
    ...(Object.fromEntries(
      Object.entries(numbers).map(([name, usual]) => [name, typeof stored?.[name] === 'number' ? stored[name] : usual]),
    ) as Record<keyof typeof numbers, number>),
    servers: servers.length === 0 ? [mailServer(encryption)] : servers,
    encryption,
    authentication: (text('authentication') || 'none') as Authentication,
  }
}

/** What belongs to another way of signing in is not kept beside it. */
const belongsTo: Readonly<Record<string, (fields: MailFields) => boolean>> = {
  user: ({ authentication }) => authentication !== 'none',
  password: ({ authentication }) => authentication !== 'none' && authentication !== 'xoauth2',
  tokenEndpoint: ({ authentication }) => authentication === 'xoauth2',
  tokenTrust: ({ authentication }) => authentication === 'xoauth2',
  clientId: ({ authentication }) => authentication === 'xoauth2',
  clientSecret: ({ authentication }) => authentication === 'xoauth2',
  tokenScope: ({ authentication }) => authentication === 'xoauth2',
}

export function mailSettingsOf(fields: MailFields, stored: StoredSettings | null): StoredSettings {
  const rest: Record<string, unknown> = { ...stored }
  for (const name of [...texts, ...secrets]) delete rest[name]
  const given = [...texts, ...secrets].flatMap((name) => {
    const value = storedText(fields[name], stored?.[name])
    return value.trim() === '' || belongsTo[name]?.(fields) === false ? [] : [[name, value] as const]
  })
  return {
    ...rest,
    servers: fields.servers.map(({ host, port, certificateName }) => ({
      host: host.trim(),
      port: Number(port),
      ...(certificateName.trim() === '' ? {} : { certificateName: certificateName.trim() }),
    })),
    encryption: fields.encryption,
    authentication: fields.authentication,
    ...Object.fromEntries(given),
    ...Object.fromEntries(
      Object.keys(numbers).flatMap((name) => {
        const value = fields[name as keyof typeof numbers]
        return value === '' ? [] : [[name, value] as const]
      }),
    ),
  }
}
