/**
 * A line as a target would be sent it, for whoever chooses a format.
 *
 * @module
 */
import { encodeLine, parseTemplate, type LineFormat } from '@sallygate/protocol-syslog'
import {
  airWatchTemplate,
  maxMessageBytes,
  partsOf,
  templateNames,
  usualHostName,
  type SyslogEvent,
  type SyslogTarget,
} from '@sallygate/service-syslog/contract'

/** The same that the connector does. @throws SYSLOG_FORMAT_TEMPLATE. */
export function lineFor(target: SyslogTarget, event: SyslogEvent): string {
  const { facility, appName, hostName = usualHostName, header, byteOrderMark, format, template } = target
  const written: LineFormat['format'] =
    format === 'template'
      ? {
          template: parseTemplate(template ?? airWatchTemplate, templateNames),
          tag: template === undefined ? 'AirWatch' : appName,
        }
      : format
  const options: LineFormat = { format: written, header, maxBytes: maxMessageBytes(target), byteOrderMark }
  return encodeLine({ ...partsOf(event), facility, appName, hostName }, options)
}
