/**
 * Numbers that survive a restored backup.
 *
 * Relays and connectors remember the highest number they have seen. A console that
 * counted on from yesterday's backup would be refused by all of them, so a number is
 * at least the time in seconds; a clock that goes back does no harm, because the
 * counter itself only rises.
 *
 * @module
 */
export function numberFloor(now: Date): number {
  return Math.floor(now.getTime() / 1000)
}
