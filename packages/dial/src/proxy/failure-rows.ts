/**
 * What can go wrong at a proxy, hop by hop. Rows of the DIAL table, kept where they are raised.
 *
 * @module
 */
import type { FailureRow } from '@sallygate/base/failure'

export const proxyRows = {
  PROXY_SETTINGS: {
    says: 'The proxy settings contradict each other or cannot be read.',
    fix: 'The details name the setting. One of proxyUrl, proxyPac and proxyFromEnvironment; http://host:port or https://host:port, with the login in proxyCredentialsFile and never in the address.',
    retry: 'never',
    status: 400,
  },
  PROXY_NAME_NOT_FOUND: {
    says: "The proxy's name has no address.",
    fix: 'On this machine, resolve the name in the details. Correct the DNS server or the proxy settings. Nothing is dialled past the proxy.',
    retry: 'later',
    status: 502,
  },
  PROXY_UNREACHABLE: {
    says: 'The proxy does not take the connection.',
    fix: 'Check host and port in the proxy settings, that the proxy runs, and that a firewall lets this machine reach it. Nothing is dialled past the proxy.',
    retry: 'later',
    status: 502,
  },
  PROXY_TLS_UNTRUSTED: {
    says: "The proxy's own certificate cannot be verified.",
    fix: 'Put the authority that issued it into proxyCaFile, and use the name in the certificate as address of the proxy. If the proxy speaks no TLS to its clients, write http:// in its address.',
    retry: 'later',
    status: 502,
  },
  PROXY_TLS_FAILED: {
    says: 'The TLS handshake with the proxy itself fails.',
    fix: 'Most proxies speak no TLS to their clients: write http:// in the address of the proxy. What is carried stays encrypted to the relay either way.',
    retry: 'later',
    status: 502,
  },
  PROXY_SILENT: {
    says: 'The proxy took the connection and then did not answer.',
    fix: 'The proxy may be overloaded, wait for its DNS, or be told to drop what it does not allow. Look for the relay in the log of the proxy.',
    retry: 'later',
    status: 504,
  },
  PROXY_CUT: {
    says: 'The proxy closed the connection in the middle of the CONNECT.',
    fix: 'Look into the log of the proxy. An inspecting firewall in front of it does the same to what it does not know.',
    retry: 'later',
    status: 502,
  },
  PROXY_NOT_HTTP: {
    says: 'What answers at the address of the proxy is not an HTTP proxy.',
    fix: 'Check host and port. SOCKS proxies are not supported; a proxy that wants TLS from its clients needs https:// in its address.',
    retry: 'later',
    status: 502,
  },
  PROXY_NO_TUNNEL: {
    says: 'The proxy says that the way is open, and then answers itself instead of the relay.',
    fix: 'A portal or a block page usually does this. Have the administrator of the proxy allow CONNECT to the relay in the details.',
    retry: 'later',
    status: 502,
  },
  PROXY_LOGIN_NEEDED: {
    says: 'The proxy wants a login, and none is configured.',
    fix: 'Put user and password into a file of mode 0600, on a line each, and name it in proxyCredentialsFile; or have the proxy let this machine through without.',
    retry: 'later',
    status: 407,
  },
  PROXY_LOGIN_IMPOSSIBLE: {
    says: 'No way to log in that the proxy offers can be used here.',
    fix: 'The details say what it offers and why each cannot be used. Basic over plain HTTP gives the password to everybody on the way: it needs proxyAllowPlainBasic, or better https:// in the address of the proxy. Negotiate needs the optional module kerberos and a ticket.',
    retry: 'later',
    status: 407,
  },
  PROXY_LOGIN_REFUSED: {
    says: 'The proxy refuses user or password. The login is not tried again for a while, so that the account is not locked.',
    fix: 'Correct the credentials file in the details: a changed file is tried at once. Otherwise the next attempt is made when the time in the details is over.',
    retry: 'later',
    status: 407,
  },
  PROXY_LOGIN_BROKEN: {
    says: 'The login at the proxy broke off before the proxy said anything about user and password.',
    fix: 'The details say where. A load balancer in front of several proxies must keep one connection at one proxy. If it happens three times in a row after the password was sent, it is taken for a refusal.',
    retry: 'later',
    status: 502,
  },
  PROXY_CREDENTIALS_FILE: {
    says: 'The file with the login for the proxy cannot be used.',
    fix: 'It holds the user name on the first line (user, DOMAIN\\user or user@realm) and the password on the second, belongs to the user this runs as, and has mode 0600.',
    retry: 'later',
  },
  PROXY_FORBIDDEN: {
    says: 'The proxy does not allow this machine to reach the relay.',
    fix: 'Have the administrator of the proxy allow CONNECT from this machine to the host and port in the details.',
    retry: 'later',
    status: 403,
  },
  PROXY_CANNOT_REACH: {
    says: 'The proxy works, but cannot reach the relay.',
    fix: 'The name of the relay may be unknown to the DNS of the proxy, its port closed, or the relay down. Try it from the machine of the proxy; its log says which.',
    retry: 'later',
    status: 502,
  },
  PROXY_REFUSED: {
    says: 'The proxy answers the CONNECT with a status that opens nothing.',
    fix: 'The details hold the status. 400, 404 and 405 usually mean a web server instead of a proxy, or a proxy that forbids CONNECT; 429 means wait.',
    retry: 'later',
    status: 502,
  },
  PROXY_PAC_UNREADABLE: {
    says: 'The PAC file cannot be read.',
    fix: 'Check the address or path in proxyPac from this machine. Without it nothing is dialled: this program never guesses a way out.',
    retry: 'later',
    status: 502,
  },
  PROXY_PAC_FAILED: {
    says: 'The PAC file gives no usable answer.',
    fix: 'The details say why. It is run without access to DNS and for a short time only; docs/proxies.md says what it may use.',
    retry: 'later',
    status: 502,
  },
  PROXY_NO_WAY: {
    says: 'The PAC file names no proxy that can be used for the relay.',
    fix: 'SOCKS is not supported, and DIRECT is obeyed only with proxyAllowDirect. The details hold what the file answered.',
    retry: 'later',
    status: 502,
  },
} as const satisfies Readonly<Record<string, FailureRow>>
