/**
 * The policy file, watched: what holds right now.
 *
 * A file that cannot be used forbids everything, and says why. The last good policy
 * is never kept on the quiet: an administrator who narrows it and mistypes must not
 * be left with the wide one.
 *
 * @module
 */
import { closeSync, fstatSync, openSync, readFileSync, statSync } from 'node:fs'
import { sha256, toHex } from '@sallygate/base/bytes'
import { every, type Clock } from '@sallygate/base/clock'
import { Failure } from '@sallygate/base/failure'
import type { Log } from '@sallygate/base/log'
import type { AnyContract } from '@sallygate/service-kit'
import { connectorFailure } from './failures.ts'
import type { Policy } from './policy.ts'
import { parsePolicy } from './policy-text.ts'
import { services } from './services.ts'

export interface PolicyChange {
  readonly from: string
  readonly to: string
  readonly failure: Failure | undefined
}

export interface PolicyFile {
  /** @throws CONNECTOR_POLICY_BROKEN, CONNECTOR_POLICY_UNSAFE; then nothing is allowed. */
  current(): Policy
  /** SHA-256 of the file as it is, hex, usable or not; empty where there is none. */
  digest(): string
  failure(): Failure | undefined
  /** Looks now instead of at the next poll. */
  reload(): void
  stop(): void
}

export interface PolicyFileOptions {
  readonly contracts: readonly AnyContract[]
  readonly clock: Clock
  readonly log: Log
  readonly pollEveryMs: number
  readonly onChange: (change: PolicyChange) => void
}

type Read = { readonly digest: string } & ({ readonly policy: Policy } | { readonly failure: Failure })

export function watchPolicyFile(path: string, options: PolicyFileOptions): PolicyFile {
  let stamp = stampOf(path)
  let read = readPolicyFile(path, options.contracts)
  const poll = () => {
    const next = stampOf(path)
    if (next !== stamp) reload(next)
  }
  const reload = (next: string) => {
    // Before the read: a write that comes in between is seen at the next poll.
    stamp = next
    const before = read
    read = readPolicyFile(path, options.contracts)
    const failure = 'failure' in read ? read.failure : undefined
    if (read.digest === before.digest && failure?.code === failureOf(before)?.code) return
    options.log.warn('policy file changed', { from: before.digest, to: read.digest, failure: failure?.code })
    options.onChange({ from: before.digest, to: read.digest, failure })
  }
  const polling = every(options.clock, options.pollEveryMs, poll)
  return {
    current() {
      if ('failure' in read) throw read.failure
      return read.policy
    },
    digest: () => read.digest,
    failure: () => failureOf(read),
    reload: () => reload(stampOf(path)),
    stop: () => polling.cancel(),
  }
}

/** Reads once, for checks that run beside the connector. */
export function readPolicyFile(path: string, contracts: readonly AnyContract[]): Read {
  let digest = ''
  try {
    const { content, mode } = readWithMode(path)
    digest = toHex(sha256(content))
    // Who may write this file decides what the connector may do. Windows has no mode bits.
    if (process.platform !== 'win32' && (mode & 0o022) !== 0) throw connectorFailure('POLICY_UNSAFE')
    return { digest, policy: parsePolicy(content, allKnown(contracts)) }
  } catch (error) {
    if (error instanceof Failure) return { digest, failure: error }
    const reason = (error as NodeJS.ErrnoException).code ?? 'unknown'
    return {
      digest,
      failure: connectorFailure('POLICY_BROKEN', { cause: error, details: { where: 'the file', reason } }),
    }
  }
}

/** A file speaks of every service of this program, also where only some of them are looked at. */
function allKnown(contracts: readonly AnyContract[]): readonly AnyContract[] {
  const others = services.map(({ contract }) => contract as AnyContract)
  return [...contracts, ...others.filter(({ name }) => !contracts.some((one) => one.name === name))]
}

/** Content and mode of the same file, even if somebody replaces it in between. */
function readWithMode(path: string): { readonly content: Buffer; readonly mode: number } {
  const fd = openSync(path, 'r')
  try {
    return { content: readFileSync(fd), mode: fstatSync(fd).mode }
  } finally {
    closeSync(fd)
  }
}

/** Changes when the file does, in content, place or permissions. */
function stampOf(path: string): string {
  try {
    const { ino, size, mtimeNs, ctimeNs } = statSync(path, { bigint: true })
    return `${ino}:${size}:${mtimeNs}:${ctimeNs}`
  } catch {
    return 'absent'
  }
}

const failureOf = (read: Read) => ('failure' in read ? read.failure : undefined)
