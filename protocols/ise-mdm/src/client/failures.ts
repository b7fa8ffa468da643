/**
 * What can go wrong when an MDM server is asked as Cisco ISE asks it.
 *
 * Where ISE itself would report one of its three reasons, the row says which: 89003 failed
 * to connect, 89004 API version mismatch, 89005 response error.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const iseClientFailure = defineFailures('ISE_CLIENT', {
  BAD_TARGET: {
    says: 'This is not the address of an MDM server.',
    fix: 'Give https://host, with a port and an instance prefix where the server has them. Plain http is taken for loopback only.',
    retry: 'never',
    status: 400,
  },
  TARGET_REFUSED: {
    says: 'The name leads to an address that must not be asked from here.',
    fix: 'Name a server outside this machine’s own and link-local networks, or allow the address in the source’s target rule.',
    retry: 'never',
    status: 422,
  },
  NAME_UNKNOWN: {
    says: 'The name of the MDM server is not known to DNS. ISE would say 89003, failed to connect.',
    fix: 'Check the spelling, and that the DNS servers of this machine and of every ISE policy node know the name.',
    retry: 'later',
    status: 502,
  },
  UNREACHABLE: {
    says: 'Nothing answers at this address and port. ISE would say 89003, failed to connect; devices then look unregistered.',
    fix: 'Check that the server runs, and that firewalls let every policy node reach this port.',
    retry: 'later',
    status: 502,
  },
  TIMED_OUT: {
    says: 'The MDM server did not answer in time. ISE would say 89003, failed to connect, and the authentication waits that long.',
    fix: 'Look at the server’s load and at what it depends on; ISE wants an answer within 200 ms.',
    retry: 'later',
    status: 504,
  },
  NOT_TLS: {
    says: 'The port answers, but not with TLS. ISE would say 89003, failed to connect.',
    fix: 'Check the port: ISE speaks HTTPS only.',
    retry: 'never',
    status: 502,
  },
  CERTIFICATE_UNTRUSTED: {
    says: 'The server’s certificate is not signed by an authority that is trusted here. ISE would say 89003 until it is imported.',
    fix: 'Import the authority into ISE’s trusted certificates; here, name it with --ca or in the source’s settings.',
    retry: 'never',
    status: 502,
  },
  CERTIFICATE_EXPIRED: {
    says: 'The server’s certificate has expired or is not valid yet. ISE would say 89003, and every device looks unregistered.',
    fix: 'Renew the certificate under the same authority, so that ISE’s trust survives; check this machine’s clock.',
    retry: 'never',
    status: 502,
  },
  CERTIFICATE_NAME: {
    says: 'The server’s certificate is for another name. ISE would say 89003, failed to connect.',
    fix: 'Use a name that the certificate holds, or issue one that holds this name.',
    retry: 'never',
    status: 502,
  },
  CREDENTIALS: {
    says: 'The server refused the user name or the password (401). In ISE, Test Connection fails.',
    fix: 'Check the account: that it is enabled, not expired, and that DOMAIN\\user is written as the server wants it.',
    retry: 'never',
    status: 502,
  },
  NO_RIGHT: {
    says: 'The account may not do this (403).',
    fix: 'Give the account the role REST API MDM: read for queries, edit for actions.',
    retry: 'never',
    status: 502,
  },
  NOT_THERE: {
    says: 'The server has no MDM API at this path (404). ISE would say 89005, response error.',
    fix: 'Check host, port and the instance prefix; in a browser /ciscoise/mdminfo must ask for a password and then show XML.',
    retry: 'never',
    status: 502,
  },
  REDIRECTED: {
    says: 'The server answers with a redirect, which ISE is not known to follow. ISE would say 89005, response error.',
    fix: 'Name the address it leads to; the details show it.',
    retry: 'never',
    status: 502,
  },
  BUSY: {
    says: 'The server asks to come back later (429 or 503).',
    fix: 'Poll less often: four hours is the common rule. Queries for one device should not be limited.',
    retry: 'later',
    status: 503,
  },
  ANSWER_STATUS: {
    says: 'The server answered with an error. ISE would say 89005, response error.',
    fix: 'Look in the server’s own log; the details show the status.',
    retry: 'later',
    status: 502,
  },
  ANSWER_UNREADABLE: {
    says: 'The answer is not the document ISE expects. ISE would say 89005, response error.',
    fix: 'Check that this address is an MDM server and not a sign-in page or a proxy; the details say what was expected.',
    retry: 'never',
    status: 502,
  },
  ANSWER_TOO_LARGE: {
    says: 'The answer is larger than any honest one.',
    fix: 'Check the server: an answer holds at most query_max_size devices.',
    retry: 'never',
    status: 502,
  },
  VERSION: {
    says: 'The server chose an API version that was not offered. ISE would say 89004, API version mismatch.',
    fix: 'Update the MDM server, or offer it its version.',
    retry: 'never',
    status: 502,
  },
  ENDLESS: {
    says: 'The paging tokens of the server lead in a circle or never end.',
    fix: 'Report it to the maker of the MDM server: a token must lead to the next page, and the last page has 0.',
    retry: 'never',
    status: 502,
  },
})

const reasons: Readonly<Record<string, string>> = {
  NAME_UNKNOWN: '89003',
  UNREACHABLE: '89003',
  TIMED_OUT: '89003',
  NOT_TLS: '89003',
  CERTIFICATE_UNTRUSTED: '89003',
  CERTIFICATE_EXPIRED: '89003',
  CERTIFICATE_NAME: '89003',
  VERSION: '89004',
  NOT_THERE: '89005',
  REDIRECTED: '89005',
  ANSWER_STATUS: '89005',
  ANSWER_UNREADABLE: '89005',
  ANSWER_TOO_LARGE: '89005',
}

/** The number ISE's reports show for a failure of this table; `undefined` where ISE has no number we know of. */
export function iseReason(code: string): string | undefined {
  return reasons[code.replace(/^ISE_CLIENT_/, '')]
}
