/**
 * The relay: everything in this folder, put together.
 *
 * It can route and refuse. It has no key that opens or signs anything: its one private
 * key is the TLS server's, and its only file of its own is the admission list.
 *
 * @module
 */
import { randomBytes, toHex } from '@sallygate/base/bytes'
import { every, sleep, type Clock } from '@sallygate/base/clock'
import { readPrivateFile } from '@sallygate/base/file'
import type { Log } from '@sallygate/base/log'
import { Secret } from '@sallygate/base/secret'
import { AdmissionBook } from './admission-book.ts'
import { Attachment } from './attachment.ts'
import { daysLeft, loadCertificate } from './certificate.ts'
import { converse } from './conversation.ts'
import { Counters } from './counters.ts'
import { Doorkeeper } from './doorkeeper.ts'
import { relayFailure } from './failures.ts'
import { greet, type Proven } from './greeting.ts'
import { GuestLane } from './guest-lane.ts'
import { between } from './jitter.ts'
import type { Line } from './line.ts'
import { startListener, type Listener } from './listener.ts'
import { WaitingRoom } from './mailbox.ts'
import { metricsOf, statisticsOf, type Gauges } from './metrics.ts'
import { answerPages, type Status } from './pages.ts'
import { Roster } from './roster.ts'
import { Router } from './router.ts'
import type { RelaySettings } from './settings.ts'
import { answerUpgrades } from './upgrade.ts'
import { version } from './version.ts'
import { watchFiles } from './watched-files.ts'

export interface RelayOptions {
  readonly settings: RelaySettings
  readonly clock: Clock
  readonly log: Log
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

const tickMs = 250

export const plainListenerWarning =
  'The plain HTTP listener is on: between it and the TLS offloader anybody on the way sees who talks to whom and can cut it.'

export async function startRelay({ settings, clock, log }: RelayOptions): Promise<Relay> {
  const counters = new Counters()
  const book = new AdmissionBook(settings.secureChannelFile, settings.admissionFile, log)
  let certificate = loadCertificate(settings.tlsCertificateFile, settings.tlsKeyFile)
  const token = settings.tokenFile === undefined ? undefined : readToken(settings.tokenFile)
  const roster = new Roster()
  const router = new Router(roster)
  const room = new WaitingRoom(settings.queueTotalMebibytes * 1024 * 1024)
  const guests = new GuestLane(settings.guestsPerMinute, clock.monotonicMs())
  const doorkeeper = new Doorkeeper({ clock, counters, ...settings })
  let stopping: Promise<void> | undefined
  let everybodyLeft = () => {}
  const isDraining = () => stopping !== undefined

  const cutUnadmitted = () => {
    for (const peer of roster.all()) {
      if (peer.address.role === 'guest' || book.admits(peer.address, peer.publicKey)) continue
      peer.refuse('notAdmitted', 'notAdmitted', 0)
    }
  }

  const attach = (line: Line, from: string, { address, publicKey, software }: Proven) => {
    const id = toHex(randomBytes(8))
    const isGuest = address.role === 'guest'
    if (isGuest) guests.enter(from)
    const attachment = new Attachment({
      clock,
      counters,
      room,
      line,
      id,
      address,
      publicKey,
      ended(ended, reason, left) {
        if (isGuest) guests.leave(from)
        roster.remove(ended)
        router.reroute(left, clock.monotonicMs())
        log.info('attachment ended', { attachment: id, reason })
        if (roster.size === 0) everybodyLeft()
      },
    })
    counters.attached++
    log.info('attached', { attachment: id, ...address, software, from })
    line.listen(converse(attachment, { counters, roster, router, book, admissionChanged: cutUnadmitted }))
    attachment.welcome()
    const surplus = roster.add(attachment)
    if (address.role === 'console') attachment.tell(roster.full())
    surplus?.tell({ type: 'goAway', afterMs: 0, reason: 'replaced' })
    surplus?.end('replaced', 1001)
  }

  const status = (): Status => ({
    status: isDraining() ? 'draining' : 'ok',
    version,
    certificateDaysLeft: daysLeft(certificate.notAfter, clock.now()),
    ...(settings.internalPort === undefined ? {} : { warning: plainListenerWarning }),
  })
  const gauges = (): Gauges => ({
    consoles: roster.count('console'),
    connectors: roster.count('connector'),
    guests: roster.count('guest'),
    connections: doorkeeper.connections,
    unproven: doorkeeper.unproven,
    waitingBytes: room.bytes,
    admissionNumber: book.number,
    certificateDaysLeft: daysLeft(certificate.notAfter, clock.now()),
    plainListener: settings.internalPort === undefined ? 0 : 1,
  })
  const statistics = () => ({ ...status(), ...statisticsOf(counters, gauges()) })

  const greeting = { clock, log, counters, book, guests, isDraining }
  const shared = {
    log,
    counters,
    doorkeeper,
    pages: answerPages({ status, statistics, metrics: metricsOf(counters, gauges), token }),
    upgrade: answerUpgrades({
      clock,
      counters,
      isDraining,
      attachmentsPerSecond: settings.attachmentsPerSecond,
      opened(line, from, socketKey, lift) {
        greet(line, from, greeting, (proven) => {
          lift()
          doorkeeper.proven(socketKey)
          attach(line, from, proven)
        })
      },
    }),
  }
  const listeners: Listener[] = []
  const closeAll = () => {
    for (const listener of listeners) listener.stop()
    doorkeeper.stop()
  }
  try {
    const { address, port, internalAddress, internalPort } = settings
    listeners.push(await startListener({ ...shared, address, port, certificate }))
    if (internalPort !== undefined) {
      const plain = { address: internalAddress, port: internalPort, certificate: undefined }
      listeners.push(await startListener({ ...shared, ...plain }))
      log.warn('plain listener on', { ...plain, warning: plainListenerWarning })
    }
  } catch (error) {
    closeAll()
    throw error
  }

  const tls = [settings.tlsCertificateFile, settings.tlsKeyFile]
  const timers = [
    every(clock, tickMs, () => {
      const nowMs = clock.monotonicMs()
      for (const attachment of roster.all()) attachment.tick(nowMs, tickMs)
    }),
    watchFiles(
      clock,
      tls,
      () => {
        certificate = loadCertificate(settings.tlsCertificateFile, settings.tlsKeyFile)
        for (const listener of listeners) listener.replaceCertificate(certificate)
        log.info('TLS certificate replaced', { notAfter: certificate.notAfter.toISOString() })
      },
      (error) => log.warn('new TLS certificate not used', { error }),
    ),
    watchFiles(
      clock,
      [settings.secureChannelFile],
      () => {
        book.reloadChannel()
        cutUnadmitted()
        log.info('secure channel imported again')
      },
      (error) => log.warn('new secure channel not used', { error }),
    ),
  ]

  const stop = async () => {
    const left = new Promise<void>((resolve) => (everybodyLeft = resolve))
    for (const peer of roster.all()) {
      peer.tell({ type: 'goAway', afterMs: between(0, settings.drainMs), reason: 'stopping' })
    }
    const waited = new AbortController()
    if (roster.size > 0) {
      await Promise.race([left, sleep(clock, settings.drainMs, waited.signal).catch(() => {})])
      waited.abort()
    }
    for (const timer of timers) timer.cancel()
    const remaining = roster.all()
    for (const peer of remaining) peer.end('stopping', 1001)
    // Long enough for a close frame to leave; a peer that does not answer it is not waited for.
    if (remaining.length > 0) await sleep(clock, 100)
    closeAll()
    log.info('relay stopped')
  }
  const bound = listeners[0]?.port ?? settings.port
  log.info('relay listens', { address: settings.address, port: bound, relay: book.relay, admission: book.number })
  return {
    url: `wss://${settings.address.includes(':') ? `[${settings.address}]` : settings.address}:${bound}/`,
    port: bound,
    internalPort: listeners[1]?.port,
    status,
    statistics,
    stop: () => (stopping ??= stop()),
  }
}

/** @throws FILE_MISSING, FILE_UNREADABLE, FILE_NOT_PRIVATE, RELAY_BAD_TOKEN */
function readToken(file: string): Secret {
  const token = readPrivateFile(file).toString('utf8').trim()
  if (token.length < 16) throw relayFailure('BAD_TOKEN', { details: { file } })
  return new Secret(token)
}
