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

interface Field {
  /** In structured data, and as a `%name%` of a template. */
  readonly name: string
  /** Absent: it is in the header of that format. */
  readonly cef?: string
  readonly leef?: string
  readonly of: (event: SyslogEvent) => string
}

/** In this order: what is most worth keeping comes first, because the last are left out where there is no room. */
export const eventFields: readonly Field[] = [
  { name: 'sequence', cef: 'cn1', leef: 'sequence', of: ({ sequence }) => (sequence === 0 ? '' : String(sequence)) },
  { name: 'key', cef: 'externalId', leef: 'externalId', of: ({ key }) => key },
  { name: 'id', of: ({ id }) => id },
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

/** RFC 5424 header fields and structured data, CEF, LEEF and the template, as the formats take them. Escaping is theirs. */
export interface EventParts {
  readonly at: Date
  readonly severity: SyslogEvent['severity']
  readonly processId: string
  readonly messageId: string
  readonly data: readonly { readonly id: string; readonly params: Pairs }[]
  /** For people: what happened, and to what. */
  readonly text: string
  readonly cef: ForFormat & { readonly signature: string; readonly name: string; readonly severity: number }
  readonly leef: ForFormat & { readonly eventId: string }
  readonly template: Readonly<Record<string, string>>
}

type Pairs = readonly (readonly [name: string, value: string])[]

interface ForFormat {
  readonly vendor: string
  readonly product: string
  readonly version: string
  readonly fields: Pairs
}

const maker = { vendor: 'Sallygate', product: 'Console', version: '1' } as const

const camel = (name: string) => name.charAt(0).toUpperCase() + name.slice(1)
const sdId = (name: string) => `${name}@${enterpriseNumber}`

/** RFC 5424 7.3.1: from 1 to 2147483647, then from 1 again. */
const sequenceId = (sequence: number) => String(((sequence - 1) % 2_147_483_647) + 1)

export function partsOf(event: SyslogEvent): EventParts {
  const details = Object.entries(event.details).map(([name, value]) => [name, String(value)] as const)
  const fields = eventFields.map((field) => ({ ...field, value: field.of(event) })).filter(({ value }) => value !== '')
  const text = event.about === '' ? event.says : `${event.says} ${event.about}`
  const atMs = String(Date.parse(event.at))
  return {
    at: new Date(event.at),
    severity: event.severity,
    processId: '',
    messageId: event.id,
    data: [
      ...(event.sequence === 0 ? [] : [{ id: 'meta', params: [pair('sequenceId', sequenceId(event.sequence))] }]),
      { id: sdId('event'), params: fields.map(({ name, value }) => [name, value]) },
      ...(details.length === 0 ? [] : [{ id: sdId('details'), params: details }]),
    ],
    text,
    cef: {
      ...maker,
      signature: event.id,
      name: event.says,
      severity: numericSeverity[event.severity],
      fields: [['rt', atMs], ...cefFields(fields), ...details.map(([name, value]) => pair(`sg${camel(name)}`, value))],
    },
    leef: {
      ...maker,
      eventId: event.id,
      fields: [
        ['devTime', atMs],
        ['sev', String(numericSeverity[event.severity])],
        ...fields.flatMap(({ leef, value }) => (leef === undefined ? [] : [pair(leef, value)])),
        ['msg', text],
        ...details.map(([name, value]) => pair(`detail.${name}`, value)),
      ],
    },
    template: templateValues(event, details),
  }
}

const pair = (name: string, value: string): readonly [string, string] => [name, value]

function cefFields(fields: readonly (Field & { readonly value: string })[]): Pairs {
  return fields.flatMap(({ cef, name, value }) => {
    if (cef === undefined) return []
    // What ArcSight has no name for goes into fields that are named beside.
    return /^c[sn]\d$/.test(cef) ? [pair(cef, value), pair(`${cef}Label`, name)] : [pair(cef, value)]
  })
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
    module: maker.product,
    type: event.category === 'devices' ? 'Device' : 'Console',
  }
}

/** AirWatch's own line: the keys in its order. */
export const airWatchTemplate =
  'AirWatch Syslog Details are as follows Event Type: %type% Event: %name% User: %by% Event Source: %source% Event Module: %module% Event Category: %category% Event Data: %data% Event Id: %id% Event Severity: %severity% Event Sequence: %sequence% Event Key: %key% Event Timestamp: %timestamp%'
