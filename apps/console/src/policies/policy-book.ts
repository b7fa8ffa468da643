/**
 * The policy book: who may change which policy, and what a change would do before it is made.
 *
 * @module
 */
import { setImmediate as nextTurn } from 'node:timers/promises'
import type { Clock } from '@sallygate/base/clock'
import { evaluate, holdsFor, mergeFacts, type Policy } from '@sallygate/domain'
import type { PolicyContent, Store, StoredDevice, StoredPolicy } from '@sallygate/store'
import { policyFailure } from '../devices/failures.ts'
import type { GroupRules, RuleBook } from '../devices/rule-book.ts'

export interface PolicyBookParts {
  readonly store: Store
  readonly clock: Clock
  readonly rules: RuleBook
}

/** Some seconds of work, in small pieces. */
const mostLooked = 20_000
const mostNamed = 50

export interface Preview {
  readonly looked: number
  readonly of: number
  readonly compliantNow: number
  readonly compliantThen: number
  readonly losing: readonly LookedDevice[]
  readonly losingCount: number
  readonly gaining: readonly LookedDevice[]
  readonly gainingCount: number
}

interface LookedDevice {
  readonly id: string
  readonly name: string
  /** What would fail, or fails now. */
  readonly failing: readonly string[]
}

export class PolicyBook {
  readonly #parts: PolicyBookParts

  constructor(parts: PolicyBookParts) {
    this.#parts = parts
  }

  /** All that belong to one of the groups. */
  async list(groups: readonly string[]): Promise<readonly StoredPolicy[]> {
    return (await this.#parts.store.devicePolicies.all()).filter(({ group }) => groups.includes(group))
  }

  /** By id, or by its name in the group. @throws POLICY_NOT_FOUND. */
  async find(group: string, reference: string): Promise<StoredPolicy> {
    const own = await this.list([group])
    const found = own.find(({ id }) => id === reference) ?? own.find(({ name }) => name === reference)
    if (found === undefined) throw policyFailure('NOT_FOUND')
    return found
  }

  /** @throws STORE_NAME_TAKEN, STORE_NAME_INVALID. */
  async add(group: string, content: PolicyContent): Promise<StoredPolicy> {
    return this.#changing(() => this.#parts.store.devicePolicies.add(group, content))
  }

  /** @throws STORE_NAME_TAKEN, STORE_NAME_INVALID. */
  async change(id: string, content: PolicyContent): Promise<StoredPolicy> {
    return this.#changing(() => this.#parts.store.devicePolicies.change(id, content))
  }

  async remove(id: string): Promise<void> {
    await this.#changing(() => this.#parts.store.devicePolicies.remove(id))
  }

  /** What would be if the policy were so, in place of the one with its id. */
  async preview(policy: Policy, signal?: AbortSignal): Promise<Preview> {
    const { store, clock, rules } = this.#parts
    const current = await rules.current()
    const nowMs = clock.now().getTime()
    const scope = current.within(policy.group)
    const tally = new Tally()
    const groups = [...scope]
    const of = await store.deviceList.count({ groups, states: ['enrolled', 'wipePending'] })
    for (let after = ''; tally.looked < mostLooked && signal?.aborted !== true;) {
      const page = await store.devices.after(after, 100, groups)
      const last = page.at(-1)
      if (last === undefined) break
      after = last.id
      for (const device of page) {
        const ofGroup = current.of(device.group)
        const isIn = scope.has(device.group) && (device.state === 'enrolled' || device.state === 'wipePending')
        if (isIn && ofGroup !== undefined) tally.add(device, failingUnder(device, ofGroup, policy, nowMs))
      }
      await nextTurn()
    }
    return { of, ...tally.result() }
  }

  async #changing<T>(change: () => Promise<T>): Promise<T> {
    const { rules } = this.#parts
    // What was is known before, so that it shows whose verdict may be another one.
    await rules.refresh()
    const changed = await change()
    await rules.refresh()
    return changed
  }
}

class Tally {
  looked = 0
  #now = 0
  #then = 0
  #losing = 0
  #gaining = 0
  readonly #names = { losing: [] as LookedDevice[], gaining: [] as LookedDevice[] }

  add({ id, name, verdict }: StoredDevice, then: readonly string[]): void {
    const isNow = verdict.compliant
    const isThen = then.length === 0
    this.looked++
    if (isNow) this.#now++
    if (isThen) this.#then++
    if (isNow && !isThen && ++this.#losing <= mostNamed) this.#names.losing.push({ id, name, failing: then })
    const failing = verdict.failing
      .filter((rule) => rule.countsForAccess)
      .map(({ policy, rule }) => `${policy}: ${rule}`)
    if (!isNow && isThen && ++this.#gaining <= mostNamed) this.#names.gaining.push({ id, name, failing })
  }

  result() {
    return {
      looked: this.looked,
      compliantNow: this.#now,
      compliantThen: this.#then,
      ...this.#names,
      losingCount: this.#losing,
      gainingCount: this.#gaining,
    }
  }
}

/** Rules that count for access and would fail. */
function failingUnder(device: StoredDevice, rules: GroupRules, policy: Policy, nowMs: number): readonly string[] {
  const others = rules.policies.filter(({ id }) => id !== policy.id)
  const policies = holdsFor(policy, rules.path) ? [...others, policy] : others
  const posture = {
    facts: mergeFacts(device.statements, rules.merge, nowMs),
    enrolledAtMs: device.enrolledAtMs,
    lastReportMs: device.lastReportMs,
    reportedMs: new Map(device.statements.map(({ source, atMs }) => [source, atMs])),
  }
  return evaluate(posture, policies, rules.evaluation, nowMs)
    .failing.filter(({ countsForAccess }) => countsForAccess)
    .map((rule) => `${rule.policy}: ${rule.rule}`)
}
