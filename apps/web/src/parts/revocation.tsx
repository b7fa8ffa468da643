/**
 * What lets somebody in and ends: keys, secrets and codes. Whether each still counts, and revoking it.
 *
 * @module
 */
import { Button, Text } from '@mantine/core'
import type { Column } from './data-table.tsx'
import { StandingWord } from './standing-word.tsx'

export interface Revocable {
  readonly revokedAt?: string | undefined
  /** Missing: never. */
  readonly expiresAt?: string | undefined
  /** Missing: as often as one likes. */
  readonly usesLeft?: number | undefined
}

/** What became of it, in a word. Revoked is said before anything else: somebody wanted it so. */
export function stateOf({ revokedAt, expiresAt, usesLeft }: Revocable, now: Date): string {
  if (revokedAt !== undefined) return 'revoked'
  if (usesLeft === 0) return 'used up'
  return expiresAt !== undefined && new Date(expiresAt) <= now ? 'ended' : 'works'
}

export function isOver(one: Revocable, now: Date): boolean {
  return stateOf(one, now) !== 'works'
}

/** Those that count, then those that are over, each in the order they came. */
export function worksFirst<Row extends Revocable>(rows: readonly Row[], now: Date): readonly Row[] {
  return [...rows.filter((one) => !isOver(one, now)), ...rows.filter((one) => isOver(one, now))]
}

export function stateColumn(now: Date): Column<Revocable> {
  return {
    title: 'State',
    cell: (one) => <StandingWord standing={isOver(one, now) ? 'off' : 'ok'}>{stateOf(one, now)}</StandingWord>,
  }
}

/** @param called What it is called after "Revoke", for who hears the button. */
export function revokeColumn<Row extends Revocable>(
  now: Date,
  called: (row: Row) => string,
  onRevoke: (row: Row) => void,
): Column<Row> {
  return {
    title: 'Change',
    cell: (row) =>
      isOver(row, now) ? (
        <Text span size="sm" c="dimmed">
          over
        </Text>
      ) : (
        <Button
          variant="outline"
          size="compact-sm"
          className="is-grave"
          aria-label={`Revoke ${called(row)}`}
          onClick={() => onRevoke(row)}
        >
          Revoke
        </Button>
      ),
  }
}
