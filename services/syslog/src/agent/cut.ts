/**
 * Whether a line says less than its event, because it would have been too long.
 *
 * @module
 */
import { maxMessageBytes, type SyslogEvent, type SyslogTarget } from '../contract.ts'
import { renderer } from './render.ts'

/** The largest that a target may be set to. */
const mostBytes = 65_000
/** A line that is shorter than the limit by more than this was not cut: room for a header is counted for formats within it. */
const slackBytes = 400

export function wasCut(line: string, event: SyslogEvent, target: SyslogTarget): boolean {
  if (Buffer.byteLength(line) < maxMessageBytes(target) - slackBytes) {
    const most = Math.max(...Object.values(event.details).map((value) => String(value).length), event.about.length)
    // One long value may have been left out as a whole.
    if (most < 256) return false
  }
  return renderer({ ...target, maxMessageBytes: mostBytes })(event).length > line.length
}
