/**
 * From an event and a target to the line that is sent.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import { encodeLine, parseTemplate, type LineFormat } from '@sallygate/protocol-syslog'
import {
  airWatchTemplate,
  maxMessageBytes,
  partsOf,
  syslogFailure,
  templateNames,
  usualHostName,
  type SyslogEvent,
  type SyslogTarget,
} from '../contract.ts'

export type Render = (event: SyslogEvent) => string

/** @throws SYSLOG_TARGET_INVALID for a template that is none. */
export function renderer(target: SyslogTarget): Render {
  const options: LineFormat = {
    format: formatOf(target),
    header: target.header,
    maxBytes: maxMessageBytes(target),
    byteOrderMark: target.byteOrderMark,
  }
  const { facility, appName, hostName = usualHostName } = target
  return (event) => encodeLine({ ...partsOf(event), facility, appName, hostName }, options)
}

function formatOf({ format, template, appName }: SyslogTarget): LineFormat['format'] {
  if (format !== 'template') return format
  try {
    // AirWatch's collectors look for its tag; a template of somebody's own is known by the name that was set.
    const tag = template === undefined ? 'AirWatch' : appName
    return { template: parseTemplate(template ?? airWatchTemplate, templateNames), tag }
  } catch (cause) {
    if (!(cause instanceof Failure)) throw cause
    const details = { field: 'template', expected: String(cause.details['expected'] ?? '').slice(0, 300) }
    throw syslogFailure('TARGET_INVALID', { cause, details })
  }
}
