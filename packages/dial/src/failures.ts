/**
 * What can go wrong on the way to a relay, hop by hop.
 *
 * The code names the hop that failed, so that whoever is on call knows whether to
 * look at the resolver, the firewall, the certificate or the relay.
 *
 * @module
 */
import { defineFailures } from '@sallygate/base/failure'
import { proxyRows } from './proxy/failure-rows.ts'

export const dialFailure = defineFailures('DIAL', {
  BAD_URL: {
    says: 'The relay address is not a URL that can be dialled.',
    fix: 'Write it as https://relay.example.com/awcm; http:// only for a relay on the internal network.',
    retry: 'never',
    status: 400,
  },
  NAME_NOT_FOUND: {
    says: "The relay's name has no address.",
    fix: 'On this machine, resolve the name in the details (getent hosts NAME, or Resolve-DnsName NAME). Correct the DNS server, the search domain or the relay address in the settings.',
    retry: 'later',
    status: 502,
  },
  TCP_REFUSED: {
    says: 'The relay machine refuses the connection: it is up, but nothing listens on that port.',
    fix: 'Check the port in the relay address, and that the relay (or the load balancer in front of it) is running.',
    retry: 'later',
    status: 502,
  },
  TCP_UNREACHABLE: {
    says: 'There is no route from this machine to the relay.',
    fix: 'Check the network cable, the default route and the VPN of this machine; then ask who runs the network.',
    retry: 'later',
    status: 502,
  },
  TCP_TIMEOUT: {
    says: 'The relay machine does not answer the connection request.',
    fix: 'A firewall usually drops it: allow outbound TCP from this machine to the address and port in the details.',
    retry: 'later',
    status: 504,
  },
  TLS_UNTRUSTED: {
    says: "The relay's certificate is issued by an authority that is not trusted here.",
    fix: 'If a proxy inspects TLS on the way, exempt the relay or add the proxy authority to the trusted authorities in the settings. Otherwise install the issuing authority, or have the relay send its intermediate certificate.',
    retry: 'later',
    status: 502,
  },
  TLS_WRONG_NAME: {
    says: "The relay's certificate is for another name.",
    fix: 'Use one of the names in the certificate (see the details) as relay address, or have the certificate issued again with this name.',
    retry: 'later',
    status: 502,
  },
  TLS_EXPIRED: {
    says: "The relay's certificate is not valid today.",
    fix: 'Compare the clock of this machine with the dates in the details. If the clock is right, renew the certificate on the relay.',
    retry: 'later',
    status: 502,
  },
  TLS_FAILED: {
    says: 'The TLS handshake with the relay fails.',
    fix: 'The port may speak plain HTTP, want another TLS version, or be a device that cuts unknown TLS. Run: openssl s_client -connect HOST:PORT -servername HOST',
    retry: 'later',
    status: 502,
  },
  CUT: {
    says: 'The connection was closed before the relay answered.',
    fix: 'A firewall, proxy or load balancer on the way ends it, or the relay is restarting. If it stays so, look at the log of whatever stands in front of the relay.',
    retry: 'later',
    status: 502,
  },
  HTTP_REFUSED: {
    says: 'An HTTP server on the way refuses the WebSocket.',
    fix: '401, 403 and 407 come from a proxy or gateway that wants a login; 404 is a wrong path in the relay address; 429 and 503 mean wait; 502 and 504 mean the load balancer cannot reach the relay.',
    retry: 'later',
    status: 502,
  },
  NOT_A_RELAY: {
    says: 'Something answers at this address, but it is not a relay.',
    fix: 'Check host, port and path of the relay address (the path is usually /awcm), and that no portal or proxy answers in its place and passes WebSocket upgrades on.',
    retry: 'later',
    status: 502,
  },
  WRONG_RELAY: {
    says: 'A relay answers, but not the one this machine belongs to.',
    fix: 'Correct the relay address. If the relay was set up anew, export its secure channel again and download a new installer.',
    retry: 'later',
    status: 502,
  },
  PROOF_REFUSED: {
    says: 'The relay does not admit this machine.',
    fix: 'If it was enrolled just now, wait a minute. If it was revoked, enroll it again. A console must first be imported at the relay (secure channel).',
    retry: 'later',
    status: 403,
  },
  SILENT: {
    says: 'The relay stopped answering on an open connection.',
    fix: 'Nothing to do if it comes back by itself. If it repeats, a firewall or load balancer drops idle connections: raise its idle time-out above 60 seconds.',
    retry: 'later',
    status: 504,
  },
  PROTOCOL: {
    says: 'The relay sent something a relay must not send.',
    fix: 'Compare the versions of both ends and update the older one. If they agree, a device on the way changes the traffic.',
    retry: 'later',
    status: 502,
  },
  BUSY: {
    says: 'The relay, or the way to it, has more traffic than it can take.',
    fix: 'Nothing if it passes. If it stays so, look at the relay statistics and at the bandwidth of this machine.',
    retry: 'later',
    status: 503,
  },
  LOST: {
    says: 'The connection to the relay ended while this was under way.',
    fix: 'It is dialled again by itself. Whether the other end has received this is not known.',
    retry: 'later',
    status: 502,
  },
  GOING_AWAY: {
    says: 'The relay announced that it is going away.',
    fix: 'Nothing: the next connection is made by itself.',
    retry: 'later',
    status: 503,
  },
  REPLACED: {
    says: 'Another program has attached with the identity of this one.',
    fix: 'Look for a second copy of this installation (a cloned machine, a restored snapshot) and stop it; then enroll one of the two again.',
    retry: 'later',
    status: 409,
  },
  CANNOT_SIGN: {
    says: 'The identity key of this machine cannot be used.',
    fix: 'The log names the cause. Restore the key from a backup, or enroll this machine again.',
    retry: 'later',
  },
  NOT_ATTACHED: {
    says: 'There is no connection to the relay now.',
    fix: 'The status shows why and when it is tried next; sallygate connector check names the hop that fails.',
    retry: 'later',
    status: 503,
  },
  STOPPED: {
    says: 'This end of the connection was told to stop.',
    fix: 'Start the program again if it should run.',
    retry: 'never',
    status: 503,
  },
  NO_SUCH_PEER: {
    says: 'The one this was meant for is not attached to the relay.',
    fix: 'Check that its connector runs and shows as attached; sallygate status lists who is.',
    retry: 'elsewhere',
    status: 503,
  },
  TOO_LARGE: {
    says: 'This is larger than the relay carries.',
    fix: 'Send it in several parts.',
    retry: 'never',
    status: 413,
  },
  EXPIRED: {
    says: 'The time for this ran out before the relay could hand it over.',
    fix: 'Try again; if it stays so, the receiving end reads too slowly.',
    retry: 'later',
    status: 504,
  },
  NOT_ALLOWED: {
    says: 'The relay does not carry this from here to there.',
    fix: 'Connectors talk to consoles only, and an unenrolled one only a little. Enroll it first.',
    retry: 'never',
    status: 403,
  },
  ADMISSION_REFUSED: {
    says: 'The relay refuses the admission list.',
    fix: 'Import the secure channel of this console at the relay again. A lower number means that another console, or a restored copy of this one, has pushed a newer list.',
    retry: 'never',
    status: 409,
  },
  ADMISSION_NOT_SAVED: {
    says: 'The admission list is in force at the relay, but the relay cannot keep it: after a restart it would have the older one.',
    fix: 'Make room on the disk of the relay; the log there names the file. The list is pushed again by itself.',
    retry: 'later',
    status: 507,
  },
  ...proxyRows,
})

export type DialFailure = ReturnType<typeof dialFailure>
