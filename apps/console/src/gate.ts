/**
 * The gate of the console: the link to the relay and everything that goes through it.
 *
 * What needs each other is joined here by functions: the link hands cargo to desks that
 * answer through the link.
 *
 * @module
 */
import type { Log } from '@sallygate/base/log'
import { connectorAddress, verifyHandOver, type Address } from '@sallygate/hop'
import { AuditHeads } from './audit/audit-heads.ts'
import { Caller, type CallerParts } from './calls/caller.ts'
import { DirectoryServerWatch } from './directory/server-watch.ts'
import { Dispatcher } from './calls/dispatcher.ts'
import { Exchanges } from './calls/exchange.ts'
import { Rotations } from './certificates/rotations.ts'
import { Duties } from './connectors/duties.ts'
import { Instances } from './connectors/instances.ts'
import { Serving } from './connectors/serving.ts'
import { SessionDesk } from './connectors/session-desk.ts'
import type { ConsoleHost } from './console.ts'
import { EnrollmentCodeBook } from './enrollment/enrollment-codes.ts'
import { EnrollmentDesk } from './enrollment/enrollment-desk.ts'
import { InstallerMaker } from './enrollment/installers.ts'
import { Admissions } from './relay/admissions.ts'
import { DescriptorDesk } from './relay/descriptor-desk.ts'
import { MailSorter } from './relay/mail-sorter.ts'
import { RelayLink } from './relay/relay-link.ts'
import { wayToRelay } from './relay/way-out.ts'
import { SettingsPush } from './services/settings-push.ts'
import { instanceSettings, pageOf } from './settings/instance-settings.ts'
import { SettingsChanges } from './settings/settings-changes.ts'
import type { ConsoleSettings } from './settings.ts'
import { ConnectionTests } from './traces/connection-tests.ts'
import { TestLimit } from './traces/test-limit.ts'
import { contracts } from './contracts.ts'
import type { Ground } from './ground.ts'
import type { Metrics } from './metrics/metrics.ts'
import type { RotationsParts } from './certificates/rotations.ts'

/** How long an answer to a connector is worth delivering. */
const replyTtlMs = 10_000

export interface GateParts {
  readonly consoleSettings: ConsoleSettings
  readonly host: ConsoleHost
  readonly metrics: Metrics
  /** Tells an event; there is nobody to hear of it before everything is assembled. */
  readonly raise: RotationsParts['raise']
}

export type Gate = Awaited<ReturnType<typeof assembleGate>>

export async function assembleGate(ground: Ground, { consoleSettings, host, metrics, raise }: GateParts) {
  const { clock, log, store, installation, authorities, trustSets, book, sessions, direct, services } = ground
  const admissions = new Admissions({ store, installation, book, clock, log })
  const admit = () => admissions.changed()
  const descriptors = new DescriptorDesk(installation, clock, () => announce(sessions.strangers()))

  const send = (to: Address, cargo: Uint8Array) => {
    const sending = link.send(to, cargo, { ttlMs: replyTtlMs })
    // Nobody asks what becomes of an answer; kept, it would use up the room of those somebody asks about.
    sending?.handed.then(sending.settle, sending.settle)
  }
  const announce = (to: readonly { readonly instance: string; readonly group: string }[]) => {
    for (const { instance, group } of to) send(connectorAddress(group, instance), descriptors.announcement())
  }
  const sorter = new MailSorter({
    log,
    reply: send,
    desks: {
      descriptorQuery: (cargo, _from, reply) => reply(descriptors.answer(cargo)),
      enrollmentRequest: async (cargo, _from, reply) => reply(await enrollmentDesk.receive(cargo)),
      request: (cargo, _from, reply) => sessionDesk.receive(cargo, reply),
      replyChunk: (cargo) => exchanges.receive(cargo),
    },
  })
  const link = new RelayLink({
    installation,
    way: wayToRelay(consoleSettings, host),
    clock,
    log,
    ...(host.dialTuning === undefined ? {} : { tuning: host.dialTuning }),
    handlers: {
      onCargo: sorter.sort,
      onRoster: (entries) => {
        sessions.roster(entries)
        announce(sessions.strangers())
      },
      onRosterChange: (event, entry) => sessions.change(event, entry),
      onHandedOver: (frame, relay) => {
        const entry = book.find(frame.instance)
        const keys = entry === undefined ? [] : book.goodKeys(entry)
        // Believed for the instance's signature, not for the relay's word.
        if (keys.some(({ publicPoint }) => verifyHandOver(frame, relay, publicPoint)))
          sessions.handedOver(frame.instance, frame.attachment, frame.successor)
      },
      onAttached: () => inBackground(log, 'admission push', admissions.attached()),
      onLost: () => sessions.relayLost(),
    },
  })
  admissions.pushBy(link)
  const { groups, pages, settings: relay } = ground
  const duties = await Duties.open(store)
  const onHand = { isDirect: direct.has, dutyOf: duties.of }
  const exchanges = new Exchanges({ clock, log, authorities, book, sessions, link, journal: ground.journal, ...onHand })
  const dispatcher = new Dispatcher({ carrier: exchanges, clock })
  const isOn = (group: string, service: string) => services.isOn(group, service)
  const servedBy: Serving['of'] = (group, service, component) => ground.serving.of(group, service, component)
  const directoryServers = new DirectoryServerWatch(clock, ({ instance, from, to }) => {
    const entry = book.find(instance)
    raise('directoryServerChanged', {
      ...(entry === undefined ? {} : { about: entry.name, group: entry.group }),
      details: { connector: instance, from, to },
    })
  })
  const onAnswered: CallerParts['onAnswered'] = (operation, { connector, result }) =>
    directoryServers.heard(connector.id, operation, result)
  const onEnded = metrics.called
  const caller = new Caller({ table: contracts, dispatcher, clock, isOn, servedBy, onEnded, onAnswered })
  const told = { groups, settings: pages, relay: () => relay.current, isDirect: direct.has }

  const push = new SettingsPush({
    book,
    sessions,
    services,
    caller,
    clock,
    log,
    ofInstance: (entry) => instanceSettings(told, entry),
    behind: (group, service, floor) => pages.touch([{ group, page: pageOf(service) }], floor),
    refused: ({ id, name, group }, service, { generation, failure: { code, details } }) =>
      raise('settingsNotTaken', {
        about: name,
        group,
        details: { connector: id, service, generation, code: String(details['because'] ?? code) },
      }),
  })
  const changes = new SettingsChanges({ groups, settings: pages, push, services, relay, link })
  const drop = (instance: string) => {
    exchanges.drop(instance)
    dispatcher.forget(instance)
  }
  const instances = new Instances({
    store,
    log,
    authorities,
    book,
    sessions,
    revocations: ground.revocations,
    admit,
    drop,
  })
  const rotations = new Rotations({
    store,
    clock,
    log,
    authorities,
    trustSets,
    book,
    sessions,
    exchanges,
    instances,
    nudge: (group) => announce(sessions.attached(group)),
    raise,
  })
  const heads = new AuditHeads({ store, installation, clock })
  const sessionDesk = new SessionDesk({
    clock,
    log,
    installation,
    authorities,
    trustSets,
    book,
    sessions,
    descriptors,
    // A log in which nothing is written yet has no end to leave with anybody.
    auditHead: () => (store.auditLog.head.position === 0 ? undefined : heads.current()),
    settingsGeneration: (group) => services.generation(group),
    onHeard: (instance, report) => {
      dispatcher.heard(instance)
      inBackground(log, 'settings push', push.heard(instance, report))
      const session = sessions.of(instance)
      const said = {
        software: session?.software,
        policyDigest: session?.policyDigest,
        trustSetNumber: session?.trustSetNumber,
      }
      inBackground(log, 'last seen', store.instances.saw(instance, said))
    },
    usedNewest: (entry) => instances.usedNewest(entry),
    renew: (entry, request) => instances.renew(entry, request),
  })
  const enrollmentDesk = new EnrollmentDesk({
    store,
    clock,
    log,
    installation,
    authorities,
    trustSets,
    book,
    descriptors,
    direct,
    admit,
  })
  const tests = new ConnectionTests({
    clock,
    installation,
    relay,
    link,
    book,
    sessions,
    caller,
    store,
    services,
    serving: ground.serving,
    push,
    dispatcher,
    duties,
    isDirect: direct.has,
  })
  const testLimit = new TestLimit(clock)
  const codes = new EnrollmentCodeBook(store, clock, installation)
  const installers = new InstallerMaker(store, clock, installation, authorities)
  return {
    admissions,
    descriptors,
    announce,
    link,
    duties,
    dispatcher,
    caller,
    push,
    changes,
    instances,
    rotations,
    heads,
    enrollmentDesk,
    tests,
    testLimit,
    codes,
    installers,
  }
}

/** For what nobody waits for: it must not end the process, and must not be lost without a word. */
function inBackground(log: Log, what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => log.error('background work failed', { what, error }))
}
