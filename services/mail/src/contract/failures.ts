/**
 * The failures of the mail service; both ends use this one table.
 *
 * All of them mean that the message was not handed over. What a server answered for a
 * recipient, and that nobody knows whether it has the message, is a result and no failure.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const mailFailure = defineFailures('MAIL', {
  UNREACHABLE: {
    says: 'No mail server answered.',
    fix: 'On the connector host, run: sallygate connector check mail',
    retry: 'elsewhere',
    status: 503,
  },
  CONNECTION_LOST: {
    says: 'The mail server closed the connection before the message was handed over.',
    fix: 'It is tried again. If it stays so, look in the log of the mail server around this time.',
    retry: 'later',
    status: 502,
  },
  TIME_OUT: {
    says: 'The mail server did not answer in time, before the message was handed over.',
    fix: 'It is tried again. Look at the load of the server, and whether it looks up our name or address first.',
    retry: 'later',
    status: 504,
  },
  NO_GREETING: {
    says: 'The mail server took the connection and said nothing.',
    fix: 'A port that speaks TLS from the first byte, usually 465, waits for us: choose the encryption implicit for it. If it is not that, look at the load of the server, and whether it looks up our address first.',
    retry: 'elsewhere',
    status: 504,
  },
  NOT_SERVING: {
    says: 'The mail server does not want to talk to the connector.',
    fix: 'The details hold what it said. Let it accept connections from the address of the connector host.',
    retry: 'later',
    status: 502,
  },
  SERVER_BUSY: {
    says: 'The mail server asks to come back later.',
    fix: 'It is tried again by itself. The details hold what it said.',
    retry: 'later',
    status: 503,
  },
  TLS_UNTRUSTED: {
    says: 'The certificate of the mail server is signed by nobody this service trusts.',
    fix: 'Put the certificate of the authority that the details name into the trust field of the mail settings.',
    retry: 'elsewhere',
    status: 502,
  },
  TLS_WRONG_NAME: {
    says: 'The certificate of the mail server is made out to another name.',
    fix: 'Enter the server by a name the details show, or give it a certificate with the name you use.',
    retry: 'elsewhere',
    status: 502,
  },
  TLS_EXPIRED: {
    says: 'The certificate of the mail server has expired or is not valid yet.',
    fix: 'Renew it on the server, or set the clock of the connector host if that is wrong.',
    retry: 'elsewhere',
    status: 502,
  },
  TLS_PIN_MISMATCH: {
    says: 'The mail server has another certificate than the one that is pinned.',
    fix: 'If the certificate was renewed, put its SHA-256, which the details show, into the settings. If not, find out who sits on the line.',
    retry: 'elsewhere',
    status: 502,
  },
  TLS_FAILED: {
    says: 'No encrypted connection to the mail server came about.',
    fix: 'Check that the port speaks TLS from the first byte (usually 465) or choose STARTTLS (usually 587 or 25), and that the server allows TLS 1.2.',
    retry: 'elsewhere',
    status: 502,
  },
  STARTTLS_MISSING: {
    says: 'The mail server does not offer to encrypt the connection, and the settings require it. Nothing was sent.',
    fix: 'Enable STARTTLS on the server, or use its port for implicit TLS. If it was offered before, find out who sits on the line and takes it away.',
    retry: 'never',
    status: 502,
  },
  STARTTLS_REFUSED: {
    says: 'The mail server offered to encrypt the connection and then refused. Nothing was sent.',
    fix: 'Look in the log of the mail server; its certificate or key may be missing.',
    retry: 'later',
    status: 502,
  },
  STARTTLS_INJECTED: {
    says: 'More came over the line than the answer to STARTTLS, before the connection was encrypted. Nothing was sent.',
    fix: 'Find out who sits between the connector and the mail server. A server that does this by itself needs an update.',
    retry: 'never',
    status: 502,
  },
  AUTH_REFUSED: {
    says: 'The mail server refused the account of the settings.',
    fix: 'Check user and password on the mail settings page. Many servers want a password for applications, or OAuth, in place of the one a person uses.',
    retry: 'never',
    status: 502,
  },
  AUTH_NOT_OFFERED: {
    says: 'The mail server does not offer the way of signing in that the settings name.',
    fix: 'Choose one of those in the details. Some servers offer it only on an encrypted connection.',
    retry: 'never',
    status: 502,
  },
  AUTH_NEEDS_TLS: {
    says: 'The password was not sent: the connection is not encrypted with a certificate that was verified.',
    fix: 'Choose the encryption required or implicit, or no authentication.',
    retry: 'never',
    status: 502,
  },
  AUTH_REQUIRED: {
    says: 'The mail server takes no mail from us as we are: it wants a sign-in or an encrypted connection first.',
    fix: 'Choose the authentication and the encryption it wants on the mail settings page; the details hold what it said.',
    retry: 'never',
    status: 502,
  },
  SENDER_REFUSED: {
    says: 'The mail server does not accept the sender of the settings.',
    fix: 'Use an address that the server lets this account, or the connector host, send as.',
    retry: 'never',
    status: 502,
  },
  TOKEN_REFUSED: {
    says: 'The token endpoint gave no access token.',
    fix: 'Check client id, client secret and scope on the mail settings page; the details hold what it said.',
    retry: 'never',
    status: 502,
  },
  TOKEN_UNREACHABLE: {
    says: 'The token endpoint did not answer as one does.',
    fix: 'Check its address, and that the policy file of the connector allows it. sallygate connector check mail shows the step.',
    retry: 'elsewhere',
    status: 502,
  },
  TOO_LARGE: {
    says: 'The message is larger than the settings or the mail server allow.',
    fix: 'Raise the limit on the server or on the mail settings page, and send it again from the outbox.',
    retry: 'never',
    status: 413,
  },
  NEEDS_SMTPUTF8: {
    says: 'An address has letters beyond ASCII, and the mail server cannot take such addresses.',
    fix: 'Use an address in ASCII for this recipient, or a server with SMTPUTF8.',
    retry: 'never',
    status: 422,
  },
  PROTOCOL_VIOLATION: {
    says: 'What answered does not speak SMTP correctly. The connection was dropped.',
    fix: 'Check that host and port belong to the mail server. The details say what was wrong.',
    retry: 'elsewhere',
    status: 502,
  },
  SETTING_INVALID: {
    says: 'A mail setting cannot be used.',
    fix: 'Correct the setting that the details name.',
    retry: 'never',
    status: 400,
  },
})
