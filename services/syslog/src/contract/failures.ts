/**
 * The failures of the syslog service; both ends use this one table.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'

export const syslogFailure = defineFailures('SYSLOG', {
  UNREACHABLE: {
    says: 'The syslog collector does not answer.',
    fix: 'See that the collector runs and listens on this port, and that firewalls let the connector’s host through to it. Events wait meanwhile.',
    retry: 'elsewhere',
    status: 503,
  },
  REFUSED_DATAGRAMS: {
    says: 'The host of the collector says that nothing listens on this UDP port.',
    fix: 'Start the collector, or correct the port of the target.',
    retry: 'elsewhere',
    status: 503,
  },
  CONNECTION_LOST: {
    says: 'The syslog collector closed the connection while events were written.',
    fix: 'Nothing to do once: they are sent again. If it stays so, look in the log of the collector around this time.',
    retry: 'later',
    status: 502,
  },
  TOO_SLOW: {
    says: 'The syslog collector takes nothing any more.',
    fix: 'See whether its disk is full or its queue stands still. Events wait meanwhile.',
    retry: 'later',
    status: 504,
  },
  TLS_UNTRUSTED: {
    says: 'The certificate of the syslog collector is signed by nobody this target trusts.',
    fix: 'Put the certificate of the authority that the details name into the trust field of the target.',
    retry: 'elsewhere',
    status: 502,
  },
  TLS_WRONG_NAME: {
    says: 'The certificate of the syslog collector is made out to another name.',
    fix: 'Enter the collector by a name the details show, or give it a certificate with the name you use.',
    retry: 'elsewhere',
    status: 502,
  },
  TLS_EXPIRED: {
    says: 'The certificate of the syslog collector has expired or is not valid yet.',
    fix: 'Renew it on the collector, or set the clock of the connector host if that is wrong.',
    retry: 'elsewhere',
    status: 502,
  },
  TLS_WRONG_PIN: {
    says: 'The certificate of the syslog collector is not the one that was pinned.',
    fix: 'If the collector was given a new certificate, pin that one. If not, find out who answers in its place.',
    retry: 'elsewhere',
    status: 502,
  },
  TLS_FAILED: {
    says: 'No encrypted connection to the syslog collector came about.',
    fix: 'Check that the port speaks TLS 1.2 or later (usually 6514), and whether the collector asks for a client certificate.',
    retry: 'elsewhere',
    status: 502,
  },
  TLS_CLIENT_REFUSED: {
    says: 'The syslog collector does not accept our client certificate, or wants one and got none.',
    fix: 'Give the target a client certificate, with its key, from an authority that the collector trusts and with a name it permits.',
    retry: 'never',
    status: 502,
  },
  TARGET_INVALID: {
    says: 'The target cannot be used as it is set.',
    fix: 'Correct the field that the details name.',
    retry: 'never',
    status: 400,
  },
  TIME_OUT: {
    says: 'A step to the syslog collector took too long.',
    fix: 'See whether the collector or the network in between is overloaded.',
    retry: 'elsewhere',
    status: 504,
  },
})
