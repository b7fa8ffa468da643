/**
 * The assembly: every noun of the console, made in order and connected.
 *
 * What needs each other is joined here by functions, so that no noun knows more of
 * another than it uses.
 *
 * @module
 */
import { every } from '@sallygate/base/clock'
import type { Passwords, Store } from '@sallygate/store'
import { exportPublicPoint } from '@sallygate/trust'
import { assembleAdmins } from './admins/assembly.ts'
import { assembleRecords } from './audit/assembly.ts'
import { startUpkeep, upkeep } from './certificates/upkeep.ts'
import { assembleDevices } from './devices/assembly.ts'
import { assembleDirectorySync } from './directory-sync/assembly.ts'
import type { ConsoleHost } from './console.ts'
import { isInstallationWide, type Actor } from './http/policy.ts'
import { assembleNac } from './nac/assembly.ts'
import { visibleGroups } from './organization-groups/policy.ts'
import { assembleMail } from './mail/assembly.ts'
import { Metrics } from './metrics/metrics.ts'
import { demandFor } from './settings/restricted-actions.ts'
import type { ConsoleSettings } from './settings.ts'
import { assembleSources } from './sources/assembly.ts'
import { certificateEnds } from './status/certificate-ends.ts'
import { consoleStatus } from './status/console-status.ts'
import { assembleSyslog } from './syslog/assembly.ts'
import { layGround } from './ground.ts'
import { assembleGate } from './gate.ts'

export { contracts, settingsPages } from './contracts.ts'

/** Until every connector that is attached has said hello. */
const announceEveryMs = 3000

export type Assembly = Awaited<ReturnType<typeof assemble>>

export async function assemble(
  consoleSettings: ConsoleSettings,
  store: Store,
  passwords: Passwords,
  host: ConsoleHost,
) {
  const { clock, log } = host
  const metrics = new Metrics()
  const ground = await layGround(consoleSettings, store, host)
  const { installation, authorities, trustSets, groups, book, sessions, settings, journal, pages, services } = ground
  const gate = await assembleGate(ground, {
    consoleSettings,
    host,
    metrics,
    raise: (name, facts) => records.events.raise(name, facts),
  })
  const { admissions, announce, caller, descriptors, heads, instances, link, rotations } = gate

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
    sessions,
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
    failingTargets: () => syslog.senders.failing,
    store,
    clock,
    installation,
    book,
    sessions,
    enrollment: gate.enrollmentDesk,
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
    ...ground,
    ...gate,
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
    relay: settings,
    revoke,
    status,
    stop,
  }
}
