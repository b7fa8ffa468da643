/**
 * Matching: which device a report is about, or whether it is about one nobody knew.
 *
 * Two devices taken for one let the worse of them onto the network with the verdict of
 * the better; one device taken for two is only untidy. So identifiers that contradict
 * each other always win, and a MAC address, which docks and adapters carry from one
 * machine to the next, decides only where nothing better is known.
 *
 * @module
 */
import type { DeviceId } from './device.ts'
import { identifierKey, strongKinds, type Identifiers, type StrongKind } from './identifiers.ts'
import { isLocallyAdministered, type Mac } from './mac.ts'

/** A known device that shares an identifier with the report. */
export interface Candidate {
  readonly id: DeviceId
  readonly identifiers: Identifiers
  /** The same source calls it by the same name. */
  readonly isNamedBySource: boolean
  readonly lastReportMs: number
}

export interface Match {
  /** `new`: make one. `nobody`: there is nothing by which it could ever be found again. */
  readonly kind: 'known' | 'new' | 'nobody'
  readonly device?: DeviceId
  /** Other records that seem to be the same device; an administrator has to look. */
  readonly twins: readonly DeviceId[]
}

export interface MatchOptions {
  /** The source has its own name for the device. */
  readonly hasSourceId: boolean
  /** Addresses that never decide: those of docks. */
  readonly ignoredMacs: ReadonlySet<Mac>
}

export function matchDevice(said: Identifiers, candidates: readonly Candidate[], options: MatchOptions): Match {
  const possible = candidates
    .map((candidate) => ({ candidate, relation: relationOf(said, candidate.identifiers) }))
    .filter(({ relation }) => relation !== 'other')
  const same = newestFirst(possible.filter(({ relation }) => relation === 'same').map(({ candidate }) => candidate))
  const named = newestFirst(possible.filter(({ candidate }) => candidate.isNamedBySource).map((it) => it.candidate))
  const chosen = named.find((candidate) => same.includes(candidate)) ?? same[0] ?? named[0]
  if (chosen !== undefined) return known(chosen, same)
  const byMac = sharingMacs(said, candidates, possible, options.ignoredMacs)
  if (byMac !== undefined) return known(byMac, [])
  const canBeFound = options.hasSourceId || isNamed(said) || usableMacs(said.macs, options.ignoredMacs).length > 0
  return { kind: canBeFound ? 'new' : 'nobody', twins: [] }
}

/** The most reliable identifier that both have decides. */
export function relationOf(a: Identifiers, b: Identifiers): 'same' | 'other' | 'open' {
  for (const kind of strongKinds) {
    const [one, two] = [keyOf(a, kind), keyOf(b, kind)]
    if (one !== undefined && two !== undefined) return one === two ? 'same' : 'other'
  }
  return 'open'
}

/**
 * One device alone has such an address, and at least one side has no better name, or the host name is the same too.
 * A device that contradicts the report and has the address as well makes it a shared one.
 */
function sharingMacs(
  said: Identifiers,
  candidates: readonly Candidate[],
  possible: readonly { readonly candidate: Candidate }[],
  ignored: ReadonlySet<Mac>,
): Candidate | undefined {
  const own = new Set(usableMacs(said.macs, ignored))
  const holders = candidates.filter(({ identifiers }) => identifiers.macs.some((mac) => own.has(mac)))
  const [only, ...more] = holders
  if (only === undefined || more.length > 0 || !possible.some(({ candidate }) => candidate === only)) return undefined
  const { identifiers } = only
  const isSameHost = said.hostName !== undefined && said.hostName.toLowerCase() === identifiers.hostName?.toLowerCase()
  return !isNamed(said) || !isNamed(identifiers) || isSameHost ? only : undefined
}

/** Those that stay with one piece of hardware. */
export function usableMacs(macs: readonly Mac[], ignored: ReadonlySet<Mac>): readonly Mac[] {
  return macs.filter((mac) => !isLocallyAdministered(mac) && !ignored.has(mac))
}

function isNamed(identifiers: Identifiers): boolean {
  return strongKinds.some((kind) => identifiers[kind] !== undefined)
}

function known(chosen: Candidate, same: readonly Candidate[]): Match {
  const twins = same.filter((candidate) => candidate !== chosen).map(({ id }) => id)
  return { kind: 'known', device: chosen.id, twins }
}

/** By id where the time is the same, so that the order of candidates never matters. */
function newestFirst(candidates: readonly Candidate[]): readonly Candidate[] {
  return candidates.toSorted((a, b) => b.lastReportMs - a.lastReportMs || (a.id < b.id ? -1 : 1))
}

function keyOf(identifiers: Identifiers, kind: StrongKind): string | undefined {
  const value = identifiers[kind]
  return value === undefined ? undefined : identifierKey(kind, value)
}
