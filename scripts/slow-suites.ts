/**
 * Suites that `npm run check` leaves to `npm test`: each takes seconds, and says here what with.
 *
 * @module
 */

export const slowSuites: readonly { readonly pattern: string; readonly because: string }[] = [
  { pattern: '**/*.integration.test.ts', because: 'console, relay and connectors over real sockets' },
  { pattern: 'apps/connector/src/connector.test.ts', because: 'a whole connector against a console and a relay' },
  { pattern: 'apps/connector/src/enroll.test.ts', because: 'enrollment over real sockets' },
  { pattern: 'apps/connector/src/way-out.test.ts', because: 'connectors behind a proxy, over real sockets' },
  { pattern: '**/src/main.test.ts', because: 'starts the program as a process' },
  { pattern: 'apps/relay/src/abuse.test.ts', because: 'waits out the ten seconds a stranger gets' },
  { pattern: 'apps/relay/src/admission.test.ts', because: 'processes that are killed and started again' },
  { pattern: 'apps/console/src/audit/audit.test.ts', because: 'every route of a whole console' },
  {
    pattern:
      'apps/console/src/{enrollment/enrollment,connectors/connector-sessions,certificates/upkeep,status/connector-warnings}.test.ts',
    because: 'certificates for every case',
  },
  { pattern: 'apps/console/src/routes.test.ts', because: 'every route of a whole console' },
  {
    pattern: 'apps/console/src/admins/{accounts,isolation,second-factor,sessions,setup}.test.ts',
    because: 'passwords are slow on purpose',
  },
  { pattern: 'apps/nac/src/accounts/authenticator.test.ts', because: 'passwords are slow on purpose' },
  {
    pattern:
      'apps/console/src/{console,events/events,devices/inventory,organization-groups/organization-groups,sample-office/sample-office}.test.ts',
    because: 'a whole console for every case',
  },
  {
    pattern: 'apps/console/src/directory-sync/*.property.test.ts',
    because: 'hundreds of random directories and outages',
  },
  { pattern: 'apps/connector/src/{own-settings,reconcile}.test.ts', because: 'a whole connector over real sockets' },
  { pattern: 'apps/sample-office/src/sample-office.test.ts', because: 'the simulated servers over real sockets' },
  { pattern: 'packages/store/src/{store,backup}.test.ts', because: 'a database file for every case' },
  { pattern: '{protocols/ise-mdm,apps/cli}/**/*probe.test.ts', because: 'servers that are slow to answer' },
  { pattern: 'packages/store/src/refusals.test.ts', because: 'damages one database after the other' },
  { pattern: 'packages/trust/src/{pkcs12,installer}.test.ts', because: '100,000 rounds for every password' },
  { pattern: 'packages/envelope/src/opening.test.ts', because: 'flips every bit' },
  { pattern: 'packages/dial/src/dial.test.ts', because: 'bad networks over real sockets' },
  {
    pattern: 'packages/dial/src/{relay,long-poll}.test.ts',
    because: 'a real relay, and somebody who meddles in between',
  },
  { pattern: 'apps/relay/src/pair.test.ts', because: 'two nodes over sockets that are cut' },
  { pattern: 'packages/dial/src/proxy/proxy-parts.test.ts', because: 'PAC files that run until they are cut off' },
  { pattern: 'packages/dial/src/proxy/way-out.test.ts', because: 'waits for proxies that are silent or idle' },
  { pattern: 'services/directory/src/agent/hostile-*.test.ts', because: 'servers that send until they are cut off' },
  {
    pattern: 'services/syslog/src/agent/*.test.ts',
    because: 'collectors that cut, stall and come back, over real sockets',
  },
  { pattern: 'apps/console/src/syslog/sender.test.ts', because: 'minutes of outages against a real store' },
  {
    pattern: 'services/mail/src/agent/{final-dot,hostile}-*.test.ts',
    because: 'mail servers that are silent until the limit',
  },
  { pattern: 'apps/console/src/mail/outbox.test.ts', because: 'a day of retries against a real store' },
  { pattern: 'apps/nac/src/nac.test.ts', because: 'a whole nac over TLS, guessed at and flooded' },
  { pattern: 'apps/console/src/nac/nac.test.ts', because: 'whole consoles, and passwords are slow on purpose' },
]
