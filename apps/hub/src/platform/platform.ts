/**
 * A platform: what the hub needs of an operating system. One port, three of them behind it.
 *
 * @module
 */
import type { Observation } from './observation.ts'

export interface Message {
  readonly title: string
  readonly body: string
}

/** What became of a command, for the console and the person who asked. */
export interface Outcome {
  readonly isDone: boolean
  readonly says: string
}

export interface Platform {
  observe(): Promise<Observation>
  /** Locks the screen of whoever is signed in. */
  lock(): Promise<Outcome>
  /** Shows a text to whoever is signed in. */
  show(message: Message): Promise<Outcome>
}

/** A message as it goes to a terminal or a dialog: nothing in it can move a cursor. */
export function plainMessage({ title, body }: Message): string {
  // oxlint-disable-next-line no-control-regex -- control characters are what is being removed
  const clean = (text: string) => text.replace(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f]/g, ' ').slice(0, 4000)
  return [clean(title), clean(body)].filter((part) => part.trim() !== '').join('\n\n')
}
