/**
 * Whom a run has seen: numbers of objects in force, by kind.
 *
 * In memory only. Whoever begins a run anew after a restart reads anew as well.
 *
 * @module
 */
import type { DirectoryKind } from '@sallygate/domain'

export class Seen {
  readonly #numbers: Readonly<Record<DirectoryKind, Set<number>>> = { user: new Set(), group: new Set() }

  add(kind: DirectoryKind, numbers: Iterable<number>): void {
    const seen = this.#numbers[kind]
    for (const number of numbers) seen.add(number)
  }

  has(number: number): boolean {
    return this.#numbers.user.has(number) || this.#numbers.group.has(number)
  }

  clear(...kinds: readonly DirectoryKind[]): void {
    for (const kind of kinds) this.#numbers[kind].clear()
  }
}
