/**
 * The assembly: every noun of the console, made in order and connected.
 *
 * What needs each other is joined here by functions, so that no noun knows more of
 * another than it uses.
 *
 * @module
 */
import { join } from 'node:path'
import { every } from '@sallygate/base/clock'
import type { Log } from '@sallygate/base/log'
import { connectorAddress, verifyHandOver, type Address } from '@sallygate/hop'
import { operationTable } from '@sallygate/service-kit'
import { directoryContract } from '@sallygate/service-directory/contract'
import { instanceContract } from '@sallygate/service-instance/contract'
import { mailContract } from '@sallygate/service-mail/contract'
import { syslogContract } from '@sallygate/service-syslog/contract'
import type { Passwords, Store } from '@sallygate/store'
import { exportPublicPoint } from '@sallygate/trust'
import { assembleAdmins } from './admins/assembly.ts'
import { assembleRecords } from './audit/assembly.ts'
import { AuditHeads } from './audit/audit-heads.ts'
import { Caller } from './calls/caller.ts'
import { Dispatcher } from './calls/dispatcher.ts'
import { Exchanges } from './calls/exchange.ts'
import { GroupAuthorities } from './certificates/group-authorities.ts'
import { Installation } from './certificates/installation.ts'
import { Rotations } from './certificates/rotations.ts'
import { TrustSetIssuer } from './certificates/trust-sets.ts'
import { startUpkeep, upkeep } from './certificates/upkeep.ts'
import { assembleDevices } from './devices/assembly.ts'
import { assembleDirectorySync } from './directory-sync/assembly.ts'
import { devicesPage } from './devices/settings-page.ts'
import { DirectInstances } from './connectors/direct-instances.ts'
import { Duties } from './connectors/duties.ts'
import { InstanceBook } from './connectors/instance-book.ts'
import { Instances } from './connectors/instances.ts'
import { Revocations } from './connectors/revocations.ts'
import { Serving } from './connectors/serving.ts'
import { SessionDesk } from './connectors/session-desk.ts'
import { Sessions } from './connectors/sessions.ts'
import type { ConsoleHost } from './console.ts'
import { EnrollmentCodeBook } from './enrollment/enrollment-codes.ts'
import { EnrollmentDesk } from './enrollment/enrollment-desk.ts'
import { InstallerMaker } from './enrollment/installers.ts'
import { isInstallationWide, type Actor } from './http/policy.ts'
import { assembleNac } from './nac/assembly.ts'
import { OrganizationGroups } from './organization-groups/organization-groups.ts'
import { visibleGroups } from './organization-groups/policy.ts'
import { assembleMail } from './mail/assembly.ts'
import { notificationsPage } from './mail/notifications-page.ts'
import { Metrics } from './metrics/metrics.ts'
import { Admissions } from './relay/admissions.ts'
import { DescriptorDesk } from './relay/descriptor-desk.ts'
import { MailSorter } from './relay/mail-sorter.ts'
import { RelayLink } from './relay/relay-link.ts'
import { RelaySettingsFile } from './relay/relay-settings.ts'
import { wayToRelay } from './relay/way-out.ts'
import { RequestJournal } from './requests/request-journal.ts'
import { ServiceBook } from './services/service-book.ts'
import { SettingsPush } from './services/settings-push.ts'
import { cloudConnectorPage } from './settings/cloud-connector.ts'
import { instanceSettings, pageOf } from './settings/instance-settings.ts'
import { demandFor, restrictedActionsPage } from './settings/restricted-actions.ts'
import { SettingsBook } from './settings/settings-book.ts'
import { SettingsChanges } from './settings/settings-changes.ts'
import { siteUrlsPage } from './settings/site-urls.ts'
import type { ConsoleSettings } from './settings.ts'
import { assembleSources } from './sources/assembly.ts'
import { certificateEnds } from './status/certificate-ends.ts'
import { consoleStatus } from './status/console-status.ts'
import { assembleSyslog } from './syslog/assembly.ts'
import { ConnectionTests } from './traces/connection-tests.ts'
import { TestLimit } from './traces/test-limit.ts'

/** Every contract this console knows. Both ends have the same list. */
export const contracts = operationTable([directoryContract, instanceContract, mailContract, syslogContract])

const serviceContracts = contracts.contracts.filter(({ name }) => name !== instanceContract.name)

/** Every settings page, in the order it is shown. */
export const settingsPages = [
  cloudConnectorPage(contracts),
  siteUrlsPage,
  restrictedActionsPage,
  devicesPage,
  notificationsPage,
  ...serviceContracts,
]

/** Until every connector that is attached has said hello. */
const announceEveryMs = 3000

/** How long an answer to a connector is worth delivering. */
const replyTtlMs = 10_000

export type Assembly = Awaited<ReturnType<typeof assemble>>

export async function assemble(
  consoleSettings: ConsoleSettings,
  store: Store,
  passwords: Passwords,
  host: ConsoleHost,
) {
  const { clock, log } = host
  const installation = await Installation.open(store, clock, log)
  const authorities = new GroupAuthorities(store, clock, installation)
  const trustSets = new TrustSetIssuer(store, clock, installation, authorities)
  const groups = new OrganizationGroups(store, authorities)
  await groups.makeFirst(consoleSettings.firstGroup)
  const revocations = new Revocations(join(consoleSettings.home, 'revocations.json'), log)
  await revocations.enforce(store)
  const book = await InstanceBook.open(store, clock)
  const sessions = new Sessions(
    clock,
    (instance) => {
      const entry = book.find(instance)
      return entry !== undefined && book.isGood(entry) ? entry.group : undefined
    },
    trustSets.isOurs,
  )
  const settings = new RelaySettingsFile(join(consoleSettings.home, 'relay.json'))
  const journal = new RequestJournal(store, clock, log)
  const pages = new SettingsBook(store, groups, settingsPages)
  const direct = await DirectInstances.open(store)
  const serving = new Serving({ groups, book, settings: pages, isDirect: direct.has })
  const services = new ServiceBook(
    pages,
    serviceContracts.map(({ name }) => name),
  )
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
  const duties = await Duties.open(store)
  const metrics = new Metrics()
  const onHand = { isDirect: direct.has, dutyOf: duties.of }
  const exchanges = new Exchanges({ clock, log, authorities, book, sessions, link, journal, ...onHand })
  const dispatcher = new Dispatcher({ carrier: exchanges, clock })
  const isOn = (group: string, service: string) => services.isOn(group, service)
  const servedBy: Serving['of'] = (group, service, component) => serving.of(group, service, component)
  const caller = new Caller({ table: contracts, dispatcher, clock, isOn, servedBy, onEnded: metrics.called })
  const told = { groups, settings: pages, relay: () => settings.current, isDirect: direct.has }
  const push = new SettingsPush({
    book,
    sessions,
    services,
    caller,
    clock,
    log,
    ofInstance: (entry) => instanceSettings(told, entry),
    behind: (group, service, floor) => pages.touch([{ group, page: pageOf(service) }], floor),
  })
  const changes = new SettingsChanges({ groups, settings: pages, push, relay: settings, link })
  const drop = (instance: string) => {
    exchanges.drop(instance)
    dispatcher.forget(instance)
  }
  const instances = new Instances({ store, log, authorities, book, sessions, revocations, admit, drop })
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
    raise: (name, facts) => records.events.raise(name, facts),
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
    relay: settings,
    link,
    book,
    sessions,
    caller,
    store,
    services,
    serving,
    push,
    dispatcher,
    duties,
    isDirect: direct.has,
  })
  const testLimit = new TestLimit(clock)
  const codes = new EnrollmentCodeBook(store, clock, installation)
  const installers = new InstallerMaker(store, clock, installation, authorities)

  const admins = await assembleAdmins({
    store,
    clock,
    log,
    passwords,
    groups,
    home: consoleSettings.home,
    call: (...call) => caller.call(...call),
    demandFor: (group, action) => demandFor(pages, group, action),
    onEnded: (about, reason) => records.events.raise('endedAccountUsed', { about, details: { reason } }),
  })
  const upkeepParts = { clock, log, installation, authorities, trustSets, groups, rotations }
  const timers = [
    startUpkeep(upkeepParts),
    // An announcement may be lost, or come too early for a connector that said hello a moment before.
    every(clock, announceEveryMs, () => announce(sessions.strangers())),
  ]
  const devices = assembleDevices({
    store,
    clock,
    log,
    groups,
    pages,
    call: (...call) => caller.call(...call),
    events: () => records.events,
  })
  const sources = assembleSources({
    store,
    clock,
    log,
    inventory: devices.inventory,
    feedKey: exportPublicPoint(installation.channel.privateKey),
    allowed: consoleSettings.sourceAddresses,
    events: () => records.events,
  })
  const directorySync = assembleDirectorySync({
    store,
    clock,
    log,
    groups,
    services,
    call: (...call) => caller.call(...call),
    pages,
    post: () => mail.post,
    events: () => records.events,
  })
  const syslog = assembleSyslog({
    store,
    clock,
    log,
    groups,
    call: (...call) => caller.call(...call),
    events: () => records.events,
  })
  const nac = await assembleNac({
    store,
    clock,
    log,
    installation,
    groups,
    commands: devices.commands,
    call: (...call) => caller.call(...call),
    events: () => records.events,
  })
  const nacCertificateEnds = nac.certificateEnds
  const mail = assembleMail({
    store,
    clock,
    log,
    call: (...call) => caller.call(...call),
    services,
    pages,
    events: () => records.events,
    certificateEnds: () => certificateEnds({ store, installation, book, nacCertificateEnds }),
  })
  const records = await assembleRecords({
    nacCertificateEnds,
    store,
    clock,
    log,
    home: consoleSettings.home,
    heads,
    installation,
    groups,
    book,
    sessions,
    relay: () => ({ isWanted: settings.current?.enabled === true, isAttached: link.status().state === 'attached' }),
    lostRows: () => journal.lost,
    metrics,
  })
  metrics.watch({
    store,
    book,
    sessions,
    isRelayAttached: () => link.isAttached,
    lostRows: () => journal.lost,
    rotations: () => rotations.count,
    directorySyncs: () => directorySync.syncs.totals,
    mail,
    syslog: () => syslog.senders.totals,
  })
  await rotations.start()
  await upkeep(upkeepParts)
  await mail.start()
  await link.use(settings.current)
  syslog.start()
  directorySync.syncs.start()

  const statusParts = {
    sampleOfficeUrl: consoleSettings.sampleOfficeUrl,
    nacCertificateEnds,
    store,
    clock,
    installation,
    book,
    sessions,
    enrollment: enrollmentDesk,
    settings,
    link,
    admissions,
    journal,
  }
  const status = async (actor: Actor) =>
    consoleStatus(
      statusParts,
      isInstallationWide(actor) ? undefined : new Set((await visibleGroups(groups, actor)).map(({ id }) => id)),
    )
  const stop = async () => {
    for (const timer of timers) timer.cancel()
    admissions.stop()
    descriptors.stop()
    await rotations.stop()
    // While there still is a way for the answers of what is under way.
    await mail.stop()
    // Before the link, so that what is under way may be answered; what is not confirmed is sent again after the next start.
    await syslog.stop()
    await link.stop()
    nac.stop()
    await directorySync.syncs.stop()
    await sources.stop()
    await devices.stop()
    await records.stop()
    await journal.flush()
  }
  const revoke = (instance: string) => instances.revoke(instance)
  return {
    sampleOfficeUrl: consoleSettings.sampleOfficeUrl,
    admins,
    devices,
    sources,
    syslog,
    directorySync,
    nac,
    mail,
    records,
    metrics,
    log,
    store,
    journal,
    clock,
    installation,
    rotations,
    groups,
    book,
    sessions,
    settings,
    link,
    services,
    pages,
    serving,
    changes,
    push,
    caller,
    dispatcher,
    duties,
    tests,
    testLimit,
    codes,
    installers,
    relay: settings,
    revoke,
    status,
    stop,
  }
}

/** For what nobody waits for: it must not end the process, and must not be lost without a word. */
function inBackground(log: Log, what: string, work: Promise<unknown>): void {
  work.catch((error: unknown) => log.error('background work failed', { what, error }))
}
