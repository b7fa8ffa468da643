/**
 * One line on a terminal that says what is under way, and is gone when it is over.
 *
 * On standard error, and only where that is a terminal: a log would keep every step of it.
 *
 * @module
 */
import { paint } from './output.ts'

export interface Progress {
  show(text: string): void
  /** Takes the line away. */
  end(): void
}

export function startProgress(): Progress {
  const { stderr } = process
  if (!stderr.isTTY) return { show() {}, end() {} }
  return {
    show(text) {
      // Longer than the window it would wrap, and stay.
      stderr.write(`\r\u001b[K${paint('dim', text.slice(0, Math.max(10, (stderr.columns || 80) - 1)))}`)
    },
    end() {
      stderr.write('\r\u001b[K')
    },
  }
}
