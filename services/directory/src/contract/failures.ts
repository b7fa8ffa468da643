/**
 * The failures of the directory service; both ends use this one table.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const directoryFailure = defineFailures('DIRECTORY', {
  UNREACHABLE: {
    says: 'No directory server answered.',
    fix: 'On the connector host, run: sallygate connector check directory',
    retry: 'elsewhere',
    status: 503,
  },
  CONNECTION_LOST: {
    says: 'The directory server closed the connection before it answered.',
    fix: 'Try again. If it stays so, look in the log of the directory server around this time.',
    retry: 'elsewhere',
    status: 502,
  },
  CLEAR_NOT_ANSWERED: {
    says: 'The directory server closed the connection when it was spoken to without encryption, which StartTLS begins with.',
    fix: 'Ports 636 and 3269 usually speak LDAPS from the first byte: choose LDAPS there, or 389 or 3268. If the port is right, look in the log of the directory server.',
    retry: 'elsewhere',
    status: 502,
  },
  COULD_NOT_VERIFY: {
    says: 'The password was sent to the directory, and no answer came back. It is not known whether it is right.',
    fix: 'Let the person try again. If it stays so, run: sallygate connector check directory',
    retry: 'never',
    status: 504,
  },
  TLS_UNTRUSTED: {
    says: 'The certificate of the directory server is signed by nobody this service trusts.',
    fix: 'Put the certificate of the authority that the details name into the trust field of the directory settings.',
    retry: 'elsewhere',
    status: 502,
  },
  TLS_WRONG_NAME: {
    says: 'The certificate of the directory server is made out to another name.',
    fix: 'Enter the server by a name the details show, or give it a certificate with the name you use.',
    retry: 'elsewhere',
    status: 502,
  },
  TLS_EXPIRED: {
    says: 'The certificate of the directory server has expired or is not valid yet.',
    fix: 'Renew it on the server, or set the clock of the connector host if that is wrong.',
    retry: 'elsewhere',
    status: 502,
  },
  TLS_FAILED: {
    says: 'No encrypted connection to the directory server came about.',
    fix: 'Check that the port speaks LDAPS (usually 636) or choose StartTLS (usually 389), and that the server allows TLS 1.2.',
    retry: 'elsewhere',
    status: 502,
  },
  TLS_NOT_PINNED: {
    says: 'The certificate of the directory server is none of those that were pinned.',
    fix: 'If the server got a new certificate, put the thumbprint the details show into the directory settings. If nobody renewed it, find out who answers there.',
    retry: 'elsewhere',
    status: 502,
  },
  STARTTLS_REFUSED: {
    says: 'The directory server, or something in between, refused to encrypt the connection. Nothing was sent.',
    fix: 'Enable StartTLS on the server or choose LDAPS. If it worked before, find out who sits on the line.',
    retry: 'elsewhere',
    status: 502,
  },
  BIND_REFUSED: {
    says: 'The directory refused the bind account.',
    fix: 'Check the bind DN and password in Enterprise Services > Directory. The details give the reason, where the server told one.',
    retry: 'never',
    status: 502,
  },
  STRONGER_AUTH_REQUIRED: {
    says: 'The directory server refuses passwords on a connection that is not encrypted.',
    fix: 'Choose LDAPS or StartTLS in the directory settings.',
    retry: 'never',
    status: 502,
  },
  CONFIDENTIALITY_REQUIRED: {
    says: 'The directory server wants a (better) encrypted connection for this.',
    fix: 'Choose LDAPS or StartTLS in the directory settings.',
    retry: 'never',
    status: 502,
  },
  EMPTY_PASSWORD: {
    says: 'The password is empty.',
    fix: 'Give a password. An empty one is never sent: many directories accept it for anybody.',
    retry: 'never',
    status: 400,
  },
  KERBEROS_UNAVAILABLE: {
    says: 'The settings ask for Kerberos, and this connector cannot do it.',
    fix: 'On the connector host, install the module the details name and put the keytab where docs/directory.md says, or choose another way to bind.',
    retry: 'elsewhere',
    status: 502,
  },
  KERBEROS_FAILED: {
    says: 'Kerberos gave no ticket for the directory server.',
    fix: 'Check the keytab, the clock, the realm and that the server is named as in its service principal (ldap/host). The details hold what Kerberos said.',
    retry: 'elsewhere',
    status: 502,
  },
  DISCOVERY_FAILED: {
    says: 'DNS named no directory server for this domain.',
    fix: 'Check the domain in the directory settings and the name servers of the connector host, or enter servers by hand.',
    retry: 'elsewhere',
    status: 503,
  },
  ENTRY_NOT_FOUND: {
    says: 'The directory has no such entry, or the bind account may not see it.',
    fix: 'Give a DN, or a login exactly as in the directory; look at the base DN, the object class and the filter.',
    retry: 'never',
    status: 409,
  },
  AMBIGUOUS_USER: {
    says: 'More than one entry has this user name, so nobody was signed in.',
    fix: 'Narrow the base DN or the user filter so that a user name is found once.',
    retry: 'never',
    status: 409,
  },
  TOO_MANY_ENTRIES: {
    says: 'The directory answered with more entries than allowed.',
    fix: 'Narrow the search, or raise the cap on entries in the directory settings.',
    retry: 'never',
    status: 502,
  },
  TOO_LARGE: {
    says: 'The directory answered with more bytes than allowed.',
    fix: 'Ask for fewer fields, narrow the search, or raise the cap on bytes in the directory settings.',
    retry: 'never',
    status: 502,
  },
  PROTOCOL_VIOLATION: {
    says: 'What answered does not speak LDAP correctly. The connection was dropped.',
    fix: 'Check that host and port belong to the directory server. The details say what was wrong.',
    retry: 'elsewhere',
    status: 502,
  },
  TIME_OUT: {
    says: 'The directory server did not answer in time.',
    fix: 'Look at the load of the server; narrow the search or index the attribute if only searches are slow.',
    retry: 'elsewhere',
    status: 504,
  },
  BASE_NOT_ALLOWED: {
    says: 'This part of the directory is outside what this group may see.',
    fix: 'Search inside the base DN of the settings, or let the connector host widen its policy file.',
    retry: 'never',
    status: 403,
  },
  NO_SUCH_BASE: {
    says: 'The entry to search below does not exist, or the bind account may not see it.',
    fix: 'Check the base DN in the directory settings and the rights of the bind account.',
    retry: 'never',
    status: 502,
  },
  NOT_ALLOWED_BY_SERVER: {
    says: 'The bind account may not do this in the directory.',
    fix: 'Give the bind account the right to read users and groups below the base DN.',
    retry: 'never',
    status: 502,
  },
  REFERRAL_REFUSED: {
    says: 'The directory sent us to another server. It was not followed, and no password was sent there.',
    fix: 'Enter a server that holds this part of the directory itself. The details say where it pointed.',
    retry: 'never',
    status: 502,
  },
  SERVER_BUSY: {
    says: 'The directory server is busy or shutting down.',
    fix: 'Try again in a moment, or add a second server to the directory settings.',
    retry: 'elsewhere',
    status: 503,
  },
  SERVER_ERROR: {
    says: 'The directory server could not do this.',
    fix: 'The details hold its result code; its log says more.',
    retry: 'never',
    status: 502,
  },
  CURSOR_GONE: {
    says: 'This search cannot be continued: it waited too long, or another connector began it.',
    fix: 'Begin the search again.',
    retry: 'never',
    status: 410,
  },
  SYNC_SERVER_CHANGED: {
    says: 'Another directory server answers than the one this sync began with.',
    fix: 'Nothing to do: the sync begins anew with the one that answers. If it happens often, look why servers go away.',
    retry: 'never',
    status: 409,
  },
  SYNC_CUT_SHORT: {
    says: 'The directory server ended the reading before its end, so who is missing cannot be told from who is gone. Nothing was changed.',
    fix: 'Let the bind account read without a limit: size.prtotal=unlimited for it on OpenLDAP, nsLookThroughLimit and nsPagedSizeLimit on 389 Directory Server.',
    retry: 'never',
    status: 502,
  },
  DIRSYNC_NOT_ALLOWED: {
    says: 'The domain controller does not let the bind account use DirSync.',
    fix: 'Give the account the right Replicating Directory Changes on the domain, or choose update numbers (usn) for incremental runs in the directory settings.',
    retry: 'never',
    status: 502,
  },
  DIRSYNC_NOT_OFFERED: {
    says: 'The directory server does not know the DirSync control.',
    fix: 'Choose automatic or update numbers (usn) for incremental runs in the directory settings.',
    retry: 'never',
    status: 502,
  },
  SETTING_INVALID: {
    says: 'A directory setting is not a valid filter, distinguished name or certificate.',
    fix: 'Correct the setting that the details name.',
    retry: 'never',
    status: 400,
  },
})
