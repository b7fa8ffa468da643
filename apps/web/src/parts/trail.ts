/**
 * Where one is in a list the console hands out page by page.
 *
 * A cursor only leads forward, so those of the pages before are remembered, as long
 * as the question stays the same.
 *
 * @module
 */
import { useState } from 'react'

export interface Trail {
  /** Of the page shown; empty for the first. */
  readonly cursor: string
  /** How many pages lie before it. */
  readonly before: number
  readonly back: () => void
  readonly forward: (cursor: string) => void
}

export function useTrail(question: string): Trail {
  const [trail, setTrail] = useState<{ readonly question: string; readonly cursors: readonly string[] }>({
    question,
    cursors: [],
  })
  const cursors = trail.question === question ? trail.cursors : []
  return {
    cursor: cursors.at(-1) ?? '',
    before: cursors.length,
    back: () => setTrail({ question, cursors: cursors.slice(0, -1) }),
    forward: (cursor) => setTrail({ question, cursors: [...cursors, cursor] }),
  }
}
