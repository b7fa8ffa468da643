/**
 * Where one is in a list the console hands out page by page. It stands in the address, so the back button leads through
 * the pages, and to the same one from what was opened there.
 *
 * A cursor only leads forward: those of the pages before stay with the entry of the browser's history. Who was sent an
 * address has none, and goes back to the first page.
 *
 * @module
 */
import { useLocation, useNavigate, useSearch } from '@tanstack/react-router'

export interface Trail {
  /** Of the page shown; empty for the first. */
  readonly cursor: string
  /** How many pages lie before it. */
  readonly before: number
  /** To the page before, or to the first where that is not known. */
  readonly back: () => void
  readonly isBackToFirst: boolean
  readonly forward: (cursor: string) => void
}

declare module '@tanstack/react-router' {
  interface HistoryState {
    /** Of the pages before this one but the first. */
    cursors?: readonly string[]
  }
}

export function useTrail(): Trail {
  const { cursor = '', page = 1 } = useSearch({ strict: false })
  const { cursors = [] } = useLocation().state
  const navigate = useNavigate()
  const before = cursor === '' ? 0 : page - 1
  const isKnown = cursors.length === Math.max(0, before - 1)
  const go = (to: string, number: number, trail: readonly string[]) =>
    void navigate({
      to: '.',
      search: ({ ...asked }) => {
        delete asked.cursor
        delete asked.page
        return to === '' ? asked : { ...asked, cursor: to, page: number }
      },
      state: { cursors: trail },
    })
  return {
    cursor,
    before,
    back: () => (isKnown ? go(cursors.at(-1) ?? '', before, cursors.slice(0, -1)) : go('', 1, [])),
    isBackToFirst: before > 1 && !isKnown,
    forward: (next) => go(next, before + 2, cursor === '' ? [] : [...cursors, cursor]),
  }
}
