/**
 * Who is gone: devices a source told of before and does not tell of any more.
 *
 * Only a whole answer counts, and only the second one in a row: a server that answers in
 * the middle of its own repair must not unenroll anybody. When very many are gone at once,
 * somebody has to say that it is so; a lost right or a wrong group looks just like that.
 *
 * @module
 */

export interface Withdrawals {
  readonly gone: readonly string[]
  /** Would be gone, and are kept until somebody says so. */
  readonly heldBack: number
  /** What to remember: how many whole answers in a row each was missing from. */
  readonly told: ReadonlyMap<string, number>
}

const neededAnswers = 2
/** This many are believed whatever the share. */
const always = 5
const mostShare = 0.2

export function findGone(
  before: ReadonlyMap<string, number>,
  now: ReadonlySet<string>,
  isConfirmed: boolean,
): Withdrawals {
  const told = new Map<string, number>([...now].map((id) => [id, 0]))
  const missing = [...before].filter(([id]) => !now.has(id)).map(([id, answers]) => [id, answers + 1] as const)
  const due = missing.filter(([, answers]) => isConfirmed || answers >= neededAnswers).map(([id]) => id)
  const isBelieved = isConfirmed || due.length <= always || due.length <= before.size * mostShare
  const gone = new Set(isBelieved ? due : [])
  for (const [id, answers] of missing) if (!gone.has(id)) told.set(id, answers)
  return { gone: [...gone], heldBack: isBelieved ? 0 : due.length, told }
}
