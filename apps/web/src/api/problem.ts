/**
 * A failure of the API, as the screen shows it: what happened, and what to do.
 *
 * The words are the console's own. Only what happens on the way to it is worded here.
 *
 * @module
 */

export interface Problem {
  readonly status: number
  readonly code: string
  readonly says: string
  readonly fix: string
  readonly details: Readonly<Record<string, string | number | boolean>>
  readonly traceId?: string
}

export class ApiFailure extends Error {
  readonly problem: Problem

  constructor(problem: Problem) {
    super(problem.says)
    this.name = 'ApiFailure'
    this.problem = problem
  }
}

const away: Problem = {
  status: 0,
  code: 'WEB_CONSOLE_AWAY',
  says: 'The console does not answer.',
  fix: 'Check that it runs and that this machine reaches it. This page tries again by itself.',
  details: {},
}

const unreadable: Problem = {
  status: 0,
  code: 'WEB_ANSWER_UNREADABLE',
  says: 'What answered is not the console.',
  fix: 'Something between this browser and the console answers in its place, often a proxy. Reload the page, or look there.',
  details: {},
}

export const consoleAway = (): ApiFailure => new ApiFailure(away)
export const answerUnreadable = (): ApiFailure => new ApiFailure(unreadable)

/** Whatever was thrown, as something to show. A bug of this page says that it is one. */
export function problemOf(error: unknown): Problem {
  if (error instanceof ApiFailure) return error.problem
  return {
    status: 0,
    code: 'WEB_BUG',
    says: 'This page made a mistake.',
    fix: 'Reload it. If it happens again, report it with the details below.',
    details: { error: error instanceof Error ? error.message.slice(0, 300) : 'unknown' },
  }
}

/** Reads a problem document; anything else that came back is not from the console. */
export function readProblem(status: number, body: unknown): ApiFailure {
  if (typeof body !== 'object' || body === null) return answerUnreadable()
  const { code, says, fix, details, traceId } = body as Record<string, unknown>
  if (typeof code !== 'string' || typeof says !== 'string' || typeof fix !== 'string') return answerUnreadable()
  return new ApiFailure({
    status,
    code,
    says,
    fix,
    details: typeof details === 'object' && details !== null ? (details as Problem['details']) : {},
    ...(typeof traceId === 'string' ? { traceId } : {}),
  })
}
