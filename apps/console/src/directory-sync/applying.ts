/**
 * The last phase of a run: what was read comes into force, a few thousand objects at a time.
 *
 * Each step can be done twice, so a console that was stopped in the middle goes on where
 * the last checkpoint says.
 *
 * @module
 */
import type { ApplyRules, GroupToApply, Repositories } from '@sallygate/store'
import { settleFirst } from './first-run.ts'
import { checkpoint, takeTurns, type Job } from './job.ts'
import { applySteps, type ApplyStep } from './run-detail.ts'

const objectsAtOnce = 2000
/** What is done since is done once more after a restart. */
const checkpointEveryMs = 2000
/** Of the lists of members: some ten thousand names. */
const lengthAtOnce = 600_000
const groupsAtOnce = 500

export async function apply(job: Job): Promise<void> {
  if (job.detail.isFirst === true) return settleFirst(job)
  const { detail, run, scope, parts } = job
  const { clock } = parts
  let writtenMs = clock.monotonicMs()
  const { refs = 'key', follows = false } = detail.source ?? {}
  const rules: ApplyRules = { run, scope, refs, follows }
  detail.applied ??= { step: 'objects', after: 0 }
  for (const step of applySteps.slice(applySteps.indexOf(detail.applied.step))) {
    let after: number | undefined = detail.applied.step === step ? detail.applied.after : 0
    while (after !== undefined) {
      detail.applied = { step, after }
      if (clock.monotonicMs() - writtenMs > checkpointEveryMs) {
        await checkpoint(job)
        writtenMs = clock.monotonicMs()
      }
      after = await next(job, rules, step, after)
      await takeTurns(job)
    }
  }
}

async function next(job: Job, rules: ApplyRules, step: ApplyStep, after: number): Promise<number | undefined> {
  const inStep = (work: (inside: Repositories) => Promise<number | undefined>) =>
    job.parts.store.transactionSavedLater(work)
  switch (step) {
    case 'objects': {
      const last = await inStep(({ directoryApply }) => directoryApply.objects(rules, after, objectsAtOnce))
      if (last !== undefined) job.detail.done += objectsAtOnce
      return last
    }
    case 'removals':
      return inStep(({ directoryApply }) => directoryApply.removals(rules, after, objectsAtOnce))
    case 'members':
      return members(job, rules, after)
    case 'loose':
      return inStep(({ directoryApply }) => directoryApply.loose(rules, after, objectsAtOnce))
  }
}

async function members(job: Job, rules: ApplyRules, after: number): Promise<number | undefined> {
  const { directoryApply } = job.parts.store
  const groups = await directoryApply.groups(rules, after, groupsAtOnce)
  const [first] = groups
  if (first === undefined) return undefined
  if (first.length > lengthAtOnce) {
    await largeGroup(job, rules, first)
    return first.number
  }
  let together: GroupToApply[] = []
  const put = () =>
    job.parts.store.transactionSavedLater((inside) =>
      inside.directoryApply.members(
        rules,
        together.map(({ number }) => number),
      ),
    )
  let length = 0
  for (const group of groups) {
    if (group.length > lengthAtOnce) break
    if (length + group.length > lengthAtOnce) {
      await put()
      await takeTurns(job)
      together = []
      length = 0
    }
    together.push(group)
    length += group.length
    after = group.number
  }
  await put()
  return after
}

/** Those who come first, then those who leave: nobody who stays is out of the group for a moment. */
async function largeGroup(job: Job, rules: ApplyRules, { number, parts }: GroupToApply): Promise<void> {
  const { directoryApply } = job.parts.store
  const staying = new Set<number>()
  for (let part = 0; part < parts; part++) {
    await directoryApply.membersOfPart(rules, number, part)
    for (const child of await directoryApply.resolved(rules, number, part)) staying.add(child)
    await takeTurns(job)
  }
  for (let after = 0; ;) {
    const children = await directoryApply.children(number, after, 10_000)
    const last = children.at(-1)
    if (last === undefined) break
    const leaving = children.filter((child) => !staying.has(child))
    if (leaving.length > 0) await directoryApply.dropChildren(number, leaving)
    after = last
    await takeTurns(job)
  }
  await directoryApply.settleGroup(rules, number)
}
