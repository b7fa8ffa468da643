/**
 * Probes: one question to each hop on the way to a relay.
 *
 * A probe proves no identity, so it attaches nothing and disturbs nothing.
 *
 * @module
 */
import { lookup } from 'node:dns/promises'
import { request } from 'node:http'
import { isIP } from 'node:net'
import type { Duplex } from 'node:stream'
import { Failure } from '@sallygate/base/failure'
import { chainOf, daysLeft } from '@sallygate/base/peer-chain'
import { decodeFrame, hopVersion, type RelayId } from '@sallygate/hop'
import { certificateOf, describeCertificate, inspectCertificate } from './certificate.ts'
import { dialFailure } from './failures.ts'
import { failed, fine, type Finding } from './finding.ts'
import { longPollOpener } from './long-poll-wire.ts'
import { openPath, openTcp, secure, type PathOptions } from './path.ts'
import type { RelayTarget } from './relay-url.ts'
import { tcpFailure } from './system-errors.ts'
import { defaultTuning } from './tuning.ts'
import { webSocketOpener } from './web-socket-wire.ts'
import type { OpenWire, Wire } from './wire.ts'

export type Probe = (target: RelayTarget, options: PathOptions, signal: AbortSignal) => Promise<Finding>

/** A certificate with less than this left deserves a word. */
const soonDays = 14

export async function probeName({ host }: RelayTarget, options: PathOptions): Promise<Finding> {
  if (isIP(host) !== 0) return fine('The relay is given as an address; no name to resolve.')
  try {
    const found = await within(lookup(host, { all: true }), options)
    return fine(`Resolves to ${found.map(({ address }) => address).join(', ')}.`)
  } catch (cause) {
    throw cause instanceof Failure ? cause : dialFailure('NAME_NOT_FOUND', { cause, details: { name: host } })
  }
}

function within<T>(promise: Promise<T>, { clock, timeoutMs = defaultTuning.hopMs }: PathOptions): Promise<T> {
  return new Promise((resolve, reject) => {
    const late = dialFailure('NAME_NOT_FOUND', {
      details: { reason: 'the DNS server does not answer', afterMs: timeoutMs },
    })
    const timer = clock.after(timeoutMs, () => reject(late))
    promise.then(resolve, reject).finally(() => timer.cancel())
  })
}

export async function probeTcp(target: RelayTarget, options: PathOptions, signal: AbortSignal): Promise<Finding> {
  const stream = await openTcp(target, options, signal)
  discard(stream)
  return fine('Connects.')
}

export async function probeTls(target: RelayTarget, options: PathOptions, signal: AbortSignal): Promise<Finding> {
  if (!target.isTls) {
    return {
      result: 'warning',
      says: 'The relay address is http://, so names, sizes and times are visible on the way. What is said stays sealed.',
      fix: 'Use https:// unless this is the internal side of a TLS offload.',
    }
  }
  const stream = await openTcp(target, options, signal)
  try {
    const socket = await secure(stream, target, options, signal)
    const certificate = certificateOf(socket)
    const days = daysLeft(certificate, options.clock.now())
    const says = `${socket.getProtocol()}. ${describeCertificate(certificate, options.clock.now())}`
    discard(socket)
    const chain = chainOf(certificate, options.clock.now())
    if (days >= soonDays) return { ...fine(says), chain }
    return {
      result: 'warning',
      says,
      chain,
      fix: 'Renew the certificate on the relay, or on what ends TLS in front of it.',
    }
  } catch (error) {
    if (!dialFailure.is(error) || !error.code.startsWith('DIAL_TLS_')) throw error
    const seen = await inspectCertificate(target, options, signal)
    const finding = failed(error)
    return seen === undefined
      ? finding
      : {
          ...finding,
          says: `${finding.says} ${describeCertificate(seen, options.clock.now())}`,
          chain: chainOf(seen, options.clock.now()),
        }
  } finally {
    discard(stream)
  }
}

export function statusPath({ url }: RelayTarget): string {
  return `${url.pathname.replace(/\/$/, '')}/status`
}

export async function probeStatus(target: RelayTarget, options: PathOptions, signal: AbortSignal): Promise<Finding> {
  const stream = await openPath(target, options, signal)
  try {
    const status = await getStatus(stream, target, options)
    if (status === 200) return fine('Answers 200.')
    // The session does not need this page, so a gateway that hides it is only worth a word.
    return { result: 'warning', says: `Answers ${status} instead of 200.`, fix: dialFailure.rows.HTTP_REFUSED.fix }
  } finally {
    discard(stream)
  }
}

function getStatus(stream: Duplex, target: RelayTarget, options: PathOptions): Promise<number> {
  return new Promise((resolve, reject) => {
    const { clock, timeoutMs = defaultTuning.hopMs } = options
    const asked = request({
      createConnection: () => stream,
      headers: { host: target.url.host, connection: 'close', 'user-agent': 'sallygate-check' },
      path: statusPath(target),
    })
    const waitedFor = 'status page'
    const late = dialFailure('SILENT', { details: { address: target.shown, waitedFor, afterMs: timeoutMs } })
    const timer = clock.after(timeoutMs, () => asked.destroy(late))
    asked.on('close', () => timer.cancel())
    asked.on('error', (cause) => reject(cause instanceof Failure ? cause : httpFailure(cause, target)))
    asked.on('response', (response) => {
      // The status line is all we came for; a body of any size stays where it is.
      response.destroy()
      resolve(response.statusCode ?? 0)
    })
    asked.end()
  })
}

function httpFailure(cause: Error, target: RelayTarget): Failure {
  const { code = '' } = cause as NodeJS.ErrnoException
  return code.startsWith('HPE_')
    ? dialFailure('NOT_A_RELAY', { cause, details: { address: target.shown, reason: code } })
    : tcpFailure(cause, target)
}

/** By a WebSocket, and where none gets through by plain requests, as a session would. */
export async function probeRelay(
  expected: RelayId | undefined,
  target: RelayTarget,
  options: PathOptions,
  signal: AbortSignal,
): Promise<Finding> {
  try {
    return await askChallenge(webSocketOpener(target, options), expected, target, options, signal)
  } catch (error) {
    if (!dialFailure.is(error) || error.code === 'DIAL_WRONG_RELAY') throw error
    const other = longPollOpener(target, options)
    const found = await askChallenge(other, expected, target, options, signal).catch(() => undefined)
    if (found === undefined) throw error
    const { says, fix } = failed(error)
    return {
      result: 'warning',
      says: `${found.says} But by plain requests only: no WebSocket gets through. ${says}`,
      fix,
    }
  }
}

function askChallenge(
  open: OpenWire,
  expected: RelayId | undefined,
  target: RelayTarget,
  options: PathOptions,
  signal: AbortSignal,
): Promise<Finding> {
  return new Promise((resolve, reject) => {
    const { clock, timeoutMs = defaultTuning.hopMs } = options
    let wire: Wire | undefined
    const settle = (outcome: Finding | Error) => {
      timer.cancel()
      wire?.cut()
      if (outcome instanceof Error) reject(outcome)
      else resolve(outcome)
    }
    const late = dialFailure('SILENT', {
      details: { address: target.shown, waitedFor: 'challenge', afterMs: timeoutMs },
    })
    // Its own time starts with the challenge; the hops before it have theirs.
    const timer = clock.after(3 * timeoutMs, () => settle(late))
    const events = {
      opened: (opened: Wire) => void (wire = opened),
      message: (message: Buffer) => settle(readChallenge(message, expected)),
      closed: settle,
    }
    open(events, signal).catch(settle)
  })
}

function readChallenge(message: Buffer, expected: RelayId | undefined): Finding | Error {
  try {
    const frame = decodeFrame(message, 'relay')
    if (frame.type !== 'challenge') throw new Error(`${frame.type} instead of a challenge`)
    const { relay, version } = frame
    if (version !== hopVersion) {
      return dialFailure('PROTOCOL', {
        details: { reason: 'another protocol version', theirs: version, ours: hopVersion },
      })
    }
    if (expected !== undefined && relay !== expected) {
      return dialFailure('WRONG_RELAY', { details: { expected, found: relay } })
    }
    return fine(expected === undefined ? `Relay ${relay} answers.` : `Relay ${relay} answers, as expected.`)
  } catch (cause) {
    return dialFailure('NOT_A_RELAY', { cause })
  }
}

function discard(stream: Duplex): void {
  stream.on('error', () => undefined)
  stream.destroy()
}
