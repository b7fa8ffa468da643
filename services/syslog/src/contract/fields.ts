/**
 * What of an event goes where in each format: the one table of fields, for the connector that sends and the console that shows.
 *
 * @module
 */
import type { SyslogEvent } from './event.ts'

/**
 * The number for examples and documentation (RFC 5612). This project has no private enterprise number of
 * its own; whoever needs another one filters on the name before the `@`.
 */
export const enterpriseNumber = 32_473

export const vendor = 'Sallygate'
export const product = 'Console'

interface Field {
  /** In structured data, and as a `%name%` of a template. */
  readonly name: string
  readonly cef: string
  readonly leef: string
  readonly of: (event: SyslogEvent) => string
}

const cefLabels: Readonly<Record<string, string>> = { cs1: 'group', cs2: 'eventName', cs3: 'details', cn1: 'sequence' }

/** In this order: what is most worth keeping comes first, because the last are left out where there is no room. */
export const eventFields: readonly Field[] = [
  { name: 'sequence', cef: 'cn1', leef: 'sequence', of: ({ sequence }) => String(sequence) },
  { name: 'key', cef: 'externalId', leef: 'externalId', of: ({ key }) => key },
  { name: 'id', cef: 'deviceEventClassId', leef: 'eventId', of: ({ id }) => id },
  { name: 'name', cef: 'cs2', leef: 'eventName', of: ({ name }) => name },
  { name: 'category', cef: 'cat', leef: 'cat', of: ({ category }) => category },
  { name: 'severity', cef: 'sgSeverity', leef: 'severity', of: ({ severity }) => severity },
  { name: 'about', cef: 'msg', leef: 'about', of: ({ about }) => about },
  { name: 'group', cef: 'cs1', leef: 'group', of: ({ group }) => group?.name ?? '' },
  { name: 'groupId', cef: 'sgGroupId', leef: 'groupId', of: ({ group }) => group?.id ?? '' },
  { name: 'by', cef: 'suser', leef: 'usrName', of: ({ by }) => by ?? '' },
  { name: 'source', cef: 'src', leef: 'src', of: ({ source }) => source ?? '' },
]

/** CEF 0 to 10, LEEF 1 to 10. */
export const numericSeverity = { debug: 1, info: 2, notice: 4, warning: 6, error: 8, critical: 10 } as const

export interface EventParts {
  readonly fields: readonly (readonly [name: string, value: string])[]
  readonly cef: readonly (readonly [key: string, value: string])[]
  readonly leef: readonly (readonly [key: string, value: string])[]
  readonly details: readonly (readonly [name: string, value: string])[]
  /** For people: what happened, and to what. */
  readonly text: string
  readonly template: Readonly<Record<string, string>>
}

const camel = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)

/** The parts of an event, each format's own. Values are as they are: escaping is the formats' business. */
export function partsOf(event: SyslogEvent): EventParts {
  const details = Object.entries(event.details).map(([name, value]) => [name, String(value)] as const)
  const fields = eventFields.map((field) => ({ ...field, value: field.of(event) })).filter(({ value }) => value !== '')
  const atMs = String(Date.parse(event.at))
  const text = event.about === '' ? event.says : `${event.says} ${event.about}`
  return {
    fields: fields.map(({ name, value }) => [name, value]),
    cef: [
      ['rt', atMs],
      ...fields
        .filter(({ name }) => name !== 'id')
        .flatMap(({ cef, value }): [string, string][] => {
          const label = cefLabels[cef]
          return [[cef, value], ...(label === undefined ? [] : [[`${cef}Label`, label] as [string, string]])]
        }),
      ...details.map(([name, value]) => [`sg${camel(name)}`, value] as const),
    ],
    leef: [
      ['devTime', atMs],
      ['sev', String(numericSeverity[event.severity])],
      ...fields.filter(({ name }) => name !== 'id').map(({ leef, value }) => [leef, value] as const),
      ['msg', text],
      ...details.map(([name, value]) => [`detail.${name}`, value] as const),
    ],
    details,
    text,
    template: templateValues(event, details),
  }
}

/** Every %name% there is, with what it stands for. */
export const templateNames = [
  ...eventFields.map(({ name }) => name),
  'says',
  'data',
  'timestamp',
  'module',
  'type',
] as const

function templateValues(event: SyslogEvent, details: readonly (readonly [string, string])[]): Record<string, string> {
  return {
    ...Object.fromEntries(eventFields.map((field) => [field.name, field.of(event)])),
    says: event.says,
    data: [...(event.about === '' ? [] : [['about', event.about] as const]), ...details]
      .map(([name, value]) => `${name}=${value}`)
      .join('; '),
    timestamp: event.at,
    module: vendor,
    type: event.category === 'devices' ? 'Device' : 'Console',
  }
}

/** AirWatch's own line: the keys in its order. */
export const airWatchTemplate =
  'AirWatch Syslog Details are as follows Event Type: %type% Event: %name% User: %by% Event Source: %source% Event Module: %module% Event Category: %category% Event Data: %data% Event Id: %id% Event Severity: %severity% Event Sequence: %sequence% Event Key: %key% Event Timestamp: %timestamp%'
