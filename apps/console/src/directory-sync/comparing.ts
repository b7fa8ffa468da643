/**
 * The second phase of a run: what became of each object that differs, and whether it is too much.
 *
 * @module
 */
import {
  differenceOf,
  memberDifference,
  objectChanges,
  trippedBy,
  type Safeguards,
  type Tripped,
} from '@sallygate/domain'
import type { StagedSides } from '@sallygate/store'
import { checkpoint, takeTurns, type Job } from './job.ts'
import { noCounts, type RunCounts } from './run-detail.ts'
import { objectOf } from './sweep.ts'

const atOnce = 300

export async function compare(job: Job): Promise<void> {
  const { detail, parts, run } = job
  const { directoryStaging } = parts.store
  detail.done = 0
  const removedBefore = detail.membersRemoved
  for (let after = 0; ;) {
    const rows = await directoryStaging.differing(run, after, atOnce)
    const last = rows.at(-1)
    if (last === undefined) break
    const changes = []
    const same: number[] = []
    for (const row of rows) {
      const change = await changeOf(job, row)
      if (change === undefined) same.push(row.number)
      else changes.push({ number: row.number, ...change })
    }
    await directoryStaging.setChanges(run, changes)
    if (same.length > 0) await directoryStaging.drop(run, same)
    after = last.number
    detail.done += rows.length
    await takeTurns(job)
  }
  if (detail.membersRemoved < removedBefore) detail.membersRemoved = removedBefore
  detail.counts = await countsOf(job)
  await checkpoint(job)
}

async function changeOf(job: Job, row: StagedSides) {
  const oldFields = row.oldFields ?? '{}'
  const before = objectOf(
    {
      ...row,
      dn: row.oldDn,
      key: row.oldKey,
      flags: row.oldFlags,
      expiresAt: row.oldExpiresAt,
      sid: row.oldSid,
      primarySid: row.oldPrimarySid,
    },
    oldFields,
  )
  const after = objectOf(row, row.newFields ?? oldFields)
  const difference = differenceOf(before, after)
  const members = await membersOf(job, row)
  if (difference === undefined && members === undefined) return undefined
  const fields = [...(difference?.fields ?? []), ...(members === undefined ? [] : ['members'])]
  if (members !== undefined) {
    job.detail.membersAdded += members.added
    job.detail.membersRemoved += members.removed
  }
  const counts = members === undefined ? {} : { membersAdded: members.added, membersRemoved: members.removed }
  return { change: difference?.change ?? ('changed' as const), detail: JSON.stringify({ fields, ...counts }) }
}

async function membersOf({ parts, run, detail }: Job, row: StagedSides) {
  const { membersDigest, oldMembersDigest } = row
  if (row.kind !== 'group' || membersDigest === null) return undefined
  if (oldMembersDigest !== null && Buffer.compare(membersDigest, oldMembersDigest) === 0) return undefined
  const { directoryStaging, directoryObjects } = parts.store
  const before = await directoryObjects.memberRefs(row.number, detail.source?.refs ?? 'key')
  const after = await directoryStaging.stagedRefs(run, row.number)
  return memberDifference(before, after)
}

async function countsOf({ parts, run, detail }: Job): Promise<RunCounts> {
  const found = await parts.store.directoryReports.counts(run)
  const counts = { ...noCounts, membersAdded: detail.membersAdded, membersRemoved: detail.membersRemoved }
  for (const change of objectChanges) counts[change] = found.get(change) ?? 0
  const { changed, moved, disabled, enabled } = counts
  const touched = changed + moved + disabled + enabled + counts.removed
  counts.unchanged = Math.max(0, detail.existing - touched)
  return counts
}

/** Which safeguards say that somebody should look first. */
export async function heldBy({ detail, parts, scope }: Job, limits: Safeguards): Promise<readonly Tripped[]> {
  const { counts = noCounts, existing } = detail
  const { changed, moved, disabled, enabled, removed, membersRemoved: membershipsRemoved } = counts
  // Where none is taken away it does not matter how many there are, and they are many.
  const memberships = membershipsRemoved === 0 ? 0 : await parts.store.directoryObjects.memberships(scope)
  const weight = { existing, removed, changed: changed + moved + disabled + enabled, memberships, membershipsRemoved }
  return trippedBy(weight, limits)
}
