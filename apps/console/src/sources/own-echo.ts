/**
 * Our own echo: a source that answers with what this console knows.
 *
 * Its devices would come back under another name, be kept enrolled by themselves, and
 * multiply where only an address tells them apart. Each answer says from which consoles
 * it is made; the first that names this one ends the question before a device is read.
 *
 * @module
 */
import { consoleMarksHeader, readConsoleMarks } from '@sallygate/domain'
import { sourceFailure } from './failures.ts'

export class OwnEcho {
  readonly #own: string
  readonly #heard = new Set<string>()

  constructor(ownMark: string) {
    this.#own = ownMark
  }

  /** @throws SOURCE_LOOP. */
  hear(headers: Readonly<Record<string, string>>): void {
    const marks = readConsoleMarks(headers[consoleMarksHeader])
    if (marks.includes(this.#own)) throw sourceFailure('LOOP')
    for (const mark of marks) this.#heard.add(mark)
  }

  /** Consoles behind this source. */
  get consoles(): readonly string[] {
    return [...this.#heard].toSorted()
  }
}
