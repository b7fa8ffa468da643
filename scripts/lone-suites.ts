/**
 * Suites that `npm test` runs one after the other, with nothing beside them, and why.
 *
 * What starts servers and waits for them goes two at a time: most of it is waiting. These
 * would see the load of a neighbour in what they look at.
 *
 * @module
 */

export const loneSuites: readonly { readonly pattern: string; readonly because: string }[] = [
  { pattern: 'e2e/*.test.ts', because: 'the whole system as a newcomer starts it, and how long that takes' },
  { pattern: 'e2e/chaos/*.test.ts', because: 'faults, and seconds until things work again' },
  { pattern: 'e2e/hostile-relay/*.test.ts', because: 'floods, and what the load may do to those who are served' },
  { pattern: 'e2e/syslog/*.test.ts', because: 'kill -9 with events on the way, and disks that are full' },
  { pattern: 'e2e/directory-sync/*.test.ts', because: 'kill -9 in the middle of a sync' },
  { pattern: 'interop/load-balancers/*.test.ts', because: 'two relay nodes and sessions that move in seconds' },
  { pattern: 'interop/mail/burst.test.ts', because: 'messages per second' },
  { pattern: 'interop/postgres/*.test.ts', because: 'consoles that are frozen and race for one database' },
  { pattern: 'interop/proxies/*.test.ts', because: 'network namespaces, and every packet in them is looked at' },
  { pattern: 'interop/radius/*.test.ts', because: 'whole systems under EAP-TLS, which has time-outs of its own' },
]
