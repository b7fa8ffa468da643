/**
 * The relay: everything in this folder, put together.
 *
 * It can route and refuse. It has no key that opens or signs anything: its one private
 * key is the TLS server's, and its only file of its own is the admission list.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import { readPrivateFile } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import { AdmissionBook } from './admission-book.ts'
import { Appointments } from './appointments.ts'
import type { Bus } from './bus/bus.ts'
import { LocalNetwork } from './bus/local-bus.ts'
import { startTcpBus } from './bus/tcp-bus.ts'
import { daysLeft, loadCertificate } from './certificate.ts'
import { Counters } from './counters.ts'
import { Doorkeeper } from './doorkeeper.ts'
import { relayFailure } from './failures.ts'
import { greet } from './greeting.ts'
import { GuestLane } from './guest-lane.ts'
import { startListener, type Listener } from './listener.ts'
import { metricsOf, statisticsOf, type Gauges } from './metrics.ts'
import { Neighbours } from './neighbours.ts'
import { answerPages, type Status } from './pages.ts'
import { PollDesk } from './poll-desk.ts'
import { Reception } from './reception.ts'
import { watchRenewals } from './renewal.ts'
import type { RelaySettings } from './settings.ts'
import { answerUpgrades } from './upgrade.ts'
import { version } from './version.ts'

export interface RelayOptions {
  readonly settings: RelaySettings
  readonly clock: Clock
  readonly log: Log
  /** Connects this node to others. For tests; a program has the one of its settings. */
  readonly bus?: Bus
}

export interface Relay {
  readonly url: string
  readonly port: number
  /** Of the plain listener, where that is on. */
  readonly internalPort: number | undefined
  status(): Status
  statistics(): Readonly<Record<string, unknown>>
  /** Fails its health, sends everybody away, waits a little, closes. Safe to call twice. */
  stop(): Promise<void>
}

export const plainListenerWarning =
  'The plain HTTP listener is on: between it and the TLS offloader anybody on the way sees who talks to whom and can cut it.'

/** @throws FILE_MISSING, FILE_NOT_PRIVATE, HOP_BAD_SECURE_CHANNEL, RELAY_BAD_CERTIFICATE, RELAY_BAD_TOKEN, LISTEN_PORT_TAKEN */
export async function startRelay({ settings, clock, log, ...given }: RelayOptions): Promise<Relay> {
  const counters = new Counters()
  const book = new AdmissionBook(settings.secureChannelFile, settings.admissionFile, log)
  let certificate = loadCertificate(settings.tlsCertificateFile, settings.tlsKeyFile)
  const token = settings.tokenFile === undefined ? undefined : readToken(settings.tokenFile)
  const isPlainOn = settings.internalPort !== undefined
  const guests = new GuestLane(settings.guestsPerMinute, clock.monotonicMs())
  const { queueTotalMebibytes, sessionAge } = settings
  const admissionChanged = () => {
    reception.cutUnadmitted()
    neighbours.admissionChanged()
  }
  const reception: Reception = new Reception({
    clock,
    log,
    counters,
    book,
    guests,
    queueTotalMebibytes,
    sessionAge,
    admissionChanged,
  })
  const bus = given.bus ?? (await openBus(settings, book.relay, clock, log))
  const doorkeeper = new Doorkeeper({ clock, counters, ...settings })
  const listeners: Listener[] = []
  let stopping: Promise<void> | undefined
  const isDraining = () => stopping !== undefined

  const status = (): Status => ({
    status: isDraining() ? 'draining' : 'ok',
    version,
    certificateDaysLeft: daysLeft(certificate.notAfter, clock.now()),
    ...(isPlainOn ? { warning: plainListenerWarning } : {}),
  })
  const gauges = (): Gauges => ({
    consoles: reception.roster.count('console'),
    connectors: reception.roster.count('connector'),
    guests: reception.roster.count('guest'),
    connections: doorkeeper.connections,
    unproven: doorkeeper.unproven,
    longPolls: desk.proven,
    busNodes: neighbours.nodes,
    remotePeers: neighbours.peers,
    waitingBytes: reception.room.bytes,
    admissionNumber: book.number,
    certificateDaysLeft: daysLeft(certificate.notAfter, clock.now()),
    plainListener: isPlainOn ? 1 : 0,
  })
  const statistics = () => ({ ...status(), ...statisticsOf(counters, gauges()) })

  const greeting = { clock, log, counters, book, guests, isDraining }
  const appointments = new Appointments(settings.attachmentsPerSecond, clock.monotonicMs())
  const upgrade = answerUpgrades({
    clock,
    counters,
    isDraining,
    appointments,
    opened(line, from, socketKey, lift) {
      greet(line, from, greeting, (proven) => {
        lift()
        doorkeeper.proven(socketKey)
        reception.attach(line, from, proven)
      })
    },
  })
  const desk = new PollDesk({
    ...settings,
    clock,
    counters,
    doorkeeper,
    appointments,
    isDraining,
    bus,
    opened(line, from, proven) {
      greet(line, from, greeting, (who) => {
        proven()
        reception.attach(line, from, who)
      })
    },
  })
  const poll = desk.receive.bind(desk)
  const { roster, router } = reception
  const neighbours: Neighbours = new Neighbours({
    bus,
    clock,
    log,
    counters,
    roster,
    router,
    book,
    admissionChanged: () => reception.cutUnadmitted(),
    arrived: (id) => reception.arrived(id),
    poll: (from, message) => desk.forwarding.receive(from, message),
  })
  neighbours.start()
  const pages = answerPages({ poll, status, statistics, metrics: metricsOf(counters, gauges), token })
  const closeDoors = () => {
    for (const listener of listeners) listener.stop()
    reception.stop()
    doorkeeper.stop()
    bus.stop()
  }
  try {
    const shared = { log, counters, doorkeeper, pages, upgrade }
    const { address, port, internalAddress, internalPort } = settings
    listeners.push(await startListener({ ...shared, address, port, certificate }))
    if (internalPort !== undefined) {
      const plain = { address: internalAddress, port: internalPort }
      listeners.push(await startListener({ ...shared, ...plain, certificate: undefined }))
      log.warn('plain listener on', { ...plain, warning: plainListenerWarning })
    }
  } catch (error) {
    closeDoors()
    throw error
  }
  const renewals = watchRenewals({
    clock,
    log,
    settings,
    book,
    reception,
    certificateChanged(next) {
      certificate = next
      for (const listener of listeners) listener.replaceCertificate(next)
    },
  })
  const stop = async () => {
    // A load balancer that is refused goes to another node at once. A relay that is alone says when to come back.
    if (neighbours.nodes > 0) for (const listener of listeners) listener.shut()
    await reception.seeOut(settings.drainMs)
    for (const timer of renewals) timer.cancel()
    closeDoors()
    log.info('relay stopped')
  }
  const port = listeners[0]?.port ?? settings.port
  const host = settings.address.includes(':') ? `[${settings.address}]` : settings.address
  log.info('relay listens', { address: settings.address, port, relay: book.relay, admission: book.number })
  return {
    url: `wss://${host}:${port}/`,
    port,
    internalPort: listeners[1]?.port,
    status,
    statistics,
    stop: () => (stopping ??= stop()),
  }
}

/** A node alone has a bus with nobody else on it. */
async function openBus(settings: RelaySettings, relay: string, clock: Clock, log: Log): Promise<Bus> {
  const { busPort: port, busAddress: address, busPeers: peers, busKeyFile: keyFile } = settings
  if (port === undefined && peers === undefined) return new LocalNetwork().join()
  if (port === undefined || peers === undefined || keyFile === undefined) {
    throw relayFailure('BAD_BUS', { details: { reason: 'busPort, busPeers and busKeyFile belong together' } })
  }
  return await startTcpBus({ clock, log, relay, address, port, peers, keyFile })
}

function readToken(file: string): Secret {
  const token = readPrivateFile(file).toString('utf8').trim()
  if (token.length < 16) throw relayFailure('BAD_TOKEN', { details: { file } })
  return new Secret(token)
}
