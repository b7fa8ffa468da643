/**
 * Settings of the mail service.
 *
 * @module
 */
import type { SettingsDeclaration } from '@sallygate/service-kit'
import { z } from 'zod'
import { mailAddress } from './address.ts'
import { headerText } from './header-text.ts'

const hostName = z
  .string()
  .max(253)
  .regex(/^[A-Za-z0-9._:-]+$/, 'a host name or IP address')
const pem = z.string().max(65_536)
/** CR, LF and NUL end a line or a text of the protocol. */
const credential = z
  .string()
  .min(1)
  .max(4096)
  .refine((text) => text.isWellFormed() && !/[\0\r\n]/.test(text), 'text on one line')
const milliseconds = (min: number, max: number, standard: number) =>
  z.number().int().min(min).max(max).default(standard)

export const encryptions = ['none', 'opportunistic', 'required', 'implicit'] as const
export const authentications = ['none', 'plain', 'login', 'cramMd5', 'xoauth2'] as const

const schema = z.strictObject({
  /** Tried in this order; one that cannot be reached is passed by for a while. */
  servers: z
    .array(
      z.strictObject({
        host: hostName,
        port: z.number().int().min(1).max(65_535),
        /** The name in the certificate, where it is not the host. */
        certificateName: hostName.optional(),
      }),
    )
    .min(1)
    .max(8),
  /**
   * `required`: STARTTLS with a verified certificate, or nothing is sent. `implicit`: TLS from the first byte, usually port 465.
   * `opportunistic`: STARTTLS where it is offered, with whatever certificate, and no password without a verified one.
   * `none` sends everything readable by everybody on the way, and is shown in red.
   */
  encryption: z.enum(encryptions).default('required'),
  /** Authorities to believe, PEM. Absent: those the connector host believes. */
  trust: pem.optional(),
  /** SHA-256 of the server's certificate, hex. With it, no authority and no name counts, only this certificate. */
  certificatePin: z
    .string()
    .regex(/^(?:[0-9a-fA-F]{2}:?){31}[0-9a-fA-F]{2}$/, 'SHA-256 in hexadecimal')
    .optional(),
  authentication: z.enum(authentications).default('none'),
  user: credential.max(512).optional(),
  password: credential.optional(),
  /** Where the connector fetches a token for XOAUTH2 with the client's credentials (RFC 6749 4.4). */
  tokenEndpoint: z
    .string()
    .max(1024)
    .regex(/^https:\/\/[^\s@#]+$/, 'an https:// address')
    .optional(),
  /** Authorities to believe at the token endpoint, PEM. Absent: those the connector host believes. */
  tokenTrust: pem.optional(),
  clientId: credential.max(512).optional(),
  clientSecret: credential.optional(),
  tokenScope: credential.max(1024).optional(),
  from: mailAddress,
  fromName: headerText(200).optional(),
  replyTo: mailAddress.optional(),
  /** Of a message as it is sent; a server that says less is believed. */
  maxMessageBytes: z
    .number()
    .int()
    .min(16 * 1024)
    .max(50 * 1024 * 1024)
    .default(1024 * 1024),
  /** The relay usually signs; this is for where it does not (RFC 6376). */
  dkimDomain: hostName.optional(),
  dkimSelector: z
    .string()
    .max(63)
    .regex(/^[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?$/, 'a selector')
    .optional(),
  dkimPrivateKey: pem.optional(),
  /** What the connector calls itself. Absent: its address in brackets (RFC 5321 4.1.4). */
  ehloName: z
    .string()
    .max(253)
    .regex(
      /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?|\[[0-9A-Fa-f.:IPv]+\])$/,
      'a host name, or an address in brackets',
    )
    .optional(),
  connectTimeoutMs: milliseconds(100, 60_000, 10_000),
  /** Per reply before the final dot. RFC 5321 4.5.3.2 would wait five minutes; the outbox tries again. */
  commandTimeoutMs: milliseconds(1000, 300_000, 60_000),
  /** RFC 5321 4.5.3.2.6: giving up earlier is how mail comes to be sent twice. The call's own deadline ends it a little before. */
  finalDotTimeoutMs: milliseconds(1000, 600_000, 600_000),
})

export type MailSettings = z.infer<typeof schema>
export type MailSettingsInput = z.input<typeof schema>

export const mailSettings: SettingsDeclaration<typeof schema> = {
  schema,
  classification: {
    servers: 'public',
    encryption: 'public',
    trust: 'public',
    certificatePin: 'public',
    authentication: 'public',
    user: 'personal',
    password: 'secret',
    tokenEndpoint: 'public',
    tokenTrust: 'public',
    clientId: 'public',
    clientSecret: 'secret',
    tokenScope: 'public',
    from: 'public',
    fromName: 'public',
    replyTo: 'public',
    maxMessageBytes: 'public',
    dkimDomain: 'public',
    dkimSelector: 'public',
    dkimPrivateKey: 'secret',
    ehloName: 'public',
    connectTimeoutMs: 'public',
    commandTimeoutMs: 'public',
    finalDotTimeoutMs: 'public',
  },
  erasesSecrets: ['servers', 'encryption', 'trust', 'certificatePin', 'tokenEndpoint', 'tokenTrust'],
}
