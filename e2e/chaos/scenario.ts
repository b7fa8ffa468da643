/**
 * Scenarios: one thing that is done to a running system, what must hold meanwhile, and the checker after it.
 *
 * @module
 */
import { startLoad, type LoadReport, type RunningLoad } from '@sallygate/testkit/load'
import { inspect } from './inspect.ts'
import { missingForRig, pause, Rig, type RigOptions } from './rig.ts'

export interface Trial {
  readonly seed: number
  /** A short version, for `npm test`. */
  readonly isShort: boolean
  /** Notes a figure for the table. */
  tell(name: string, value: number, unit?: string): void
  /** @throws when it does not hold; the words go into the table. */
  must(holds: boolean, words: string): void
}

export interface Scenario {
  /** Its number in the list of attacks. */
  readonly id: string
  /** What is done, in a sentence. */
  readonly says: string
  /** Seconds it may take, with everything that is started and checked. */
  readonly withinSeconds: number
  /** Why it cannot run here, if it cannot. */
  readonly missing?: () => string | undefined
  readonly run: (trial: Trial) => Promise<void>
}

export interface Result {
  readonly id: string
  readonly says: string
  readonly held: 'holds' | 'fails' | 'skipped'
  /** What failed, or why it was skipped. */
  readonly because: string
  readonly figures: readonly string[]
  readonly seconds: number
  readonly seed: number
}

export async function runScenario(scenario: Scenario, seed: number, isShort: boolean): Promise<Result> {
  const { id, says, withinSeconds } = scenario
  const figures: string[] = []
  const began = performance.now()
  const end = (held: Result['held'], because = ''): Result => {
    const seconds = Math.round((performance.now() - began) / 1000)
    return { id, says, held, because, figures, seconds, seed }
  }
  const missing = scenario.missing?.()
  if (missing !== undefined) return end('skipped', missing)
  const trial: Trial = {
    seed,
    isShort,
    tell: (name, value, unit = '') => {
      const shown = Math.abs(value) >= 100 || Number.isInteger(value) ? Math.round(value) : value.toFixed(2)
      figures.push(`${name} ${shown}${unit === '' ? '' : ` ${unit}`}`)
    },
    must: (holds, words) => {
      if (!holds) throw new Error(words)
    },
  }
  let late: NodeJS.Timeout | undefined
  try {
    const deadline = new Promise<never>((_, reject) => {
      late = setTimeout(() => reject(new Error(`not done within ${withinSeconds} s`)), withinSeconds * 1000)
    })
    await Promise.race([scenario.run(trial), deadline])
    return end('holds')
  } catch (error) {
    return end('fails', error instanceof Error ? error.message : String(error))
  } finally {
    clearTimeout(late)
  }
}

export interface UnderLoad {
  readonly rig: RigOptions
  readonly perSecond: number
  /** Of the load; what is done happens meanwhile. */
  readonly seconds: number
  /** What is done to it, beginning when the load has run for a few seconds. */
  readonly attack: (rig: Rig, load: RunningLoad, trial: Trial) => Promise<void>
  /** What must be true of the load, besides what the checker finds. */
  readonly judge: (report: LoadReport, trial: Trial, rig: Rig) => void
}

const warmUpMs = 3000

/** Starts a rig, warms it up, attacks it under a mixed load, and checks every book afterwards. */
export async function underLoad(trial: Trial, what: UnderLoad): Promise<void> {
  const rig = await Rig.open(what.rig)
  try {
    await peakOf(rig, 3)
    const peak = await peakOf(rig, 4)
    await rig.takeBaseline()
    // What this machine can carry, with others at work on it: an overload is another scenario.
    const wanted = trial.isShort ? Math.ceil(what.perSecond / 4) : what.perSecond
    const perSecond = Math.max(4, Math.min(wanted, Math.floor(peak / 2)))
    trial.tell('calls a second', perSecond)
    const load = startLoad({ ...mixed(rig, trial.seed), perSecond, seconds: what.seconds })
    await pause(warmUpMs)
    await what.attack(rig, load, trial)
    const report = await load.done
    tellOf(report, trial)
    what.judge(report, trial, rig)
    await recheck(rig, trial)
  } finally {
    await rig.close()
  }
}

/** With 24 open at once: how many look-ups end well in a second. */
export async function peakOf(rig: Rig, seconds: number): Promise<number> {
  const until = performance.now() + seconds * 1000
  let good = 0
  const one = async () => {
    while (performance.now() < until) if ((await rig.search()) === 'ok') good++
  }
  await Promise.all(Array.from({ length: 24 }, one))
  return good / seconds
}

/** Every connector works again, and every book is true. */
export async function recheck(rig: Rig, trial: Trial): Promise<void> {
  for (const name of rig.connectors.keys()) {
    await rig.until(async () => (await rig.search(name)) === 'ok', 60_000, `${name} works afterwards`)
  }
  const { findings, facts } = await inspect(rig)
  trial.tell('binds counted by slapd', facts['binds'] ?? 0)
  trial.must(findings.length === 0, `the checker: ${findings.slice(0, 5).join('; ')}`)
}

/** Seven look-ups, three sign-ins. */
function mixed(rig: Rig, seed: number) {
  return {
    seed,
    kinds: [
      { name: 'read', weight: 7, call: () => rig.search() },
      { name: 'signIn', weight: 3, call: () => rig.signIn() },
    ],
  }
}

function tellOf(report: LoadReport, trial: Trial): void {
  const reads = report.of('read')
  const signIns = report.of('signIn')
  trial.tell('calls', report.ends.length)
  trial.tell('reads not answered well', reads.ends.length - reads.good)
  trial.tell('sign-ins of unknown end', signIns.others['CONSOLE_UNKNOWN_OUTCOME'] ?? 0)
  trial.tell('longest gap of reads', reads.longestGapMs / 1000, 's')
  trial.tell('p99', report.latency(0.99) / 1000, 's')
  if (report.notMade > 0) trial.tell('not made', report.notMade)
}

/** Every read was answered; a sign-in was, or nobody can say how it ended. */
export function noReadLost(report: LoadReport, trial: Trial, allowedOfSignIns: readonly string[] = []): void {
  const { others } = report.of('read')
  trial.must(Object.keys(others).length === 0, `reads ended otherwise: ${JSON.stringify(others)}`)
  const allowed = new Set(['CONSOLE_UNKNOWN_OUTCOME', ...allowedOfSignIns])
  const strange = Object.entries(report.of('signIn').others).filter(([code]) => !allowed.has(code))
  trial.must(strange.length === 0, `sign-ins ended otherwise: ${JSON.stringify(strange)}`)
}

export const needsRig = missingForRig
