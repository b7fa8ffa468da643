/**
 * Events that did not happen: what a test sends, and what a preview shows where nobody chose an event.
 *
 * @module
 */
import type { SyslogEvent } from '@sallygate/service-syslog/contract'
import { catalogue } from '../events/catalogue.ts'
import { syslogTest } from '../events/record-kinds.ts'

export interface Stage {
  readonly at: Date
  readonly group: { readonly id: string; readonly name: string }
}

export function testEvent({ at, group }: Stage, by: string, key: string): SyslogEvent {
  const { id, severity, category, says } = syslogTest
  return {
    number: 1,
    // Outside of the numbers: a test is no gap, and fills none.
    sequence: 0,
    key,
    id,
    name: 'syslogTest',
    at: at.toISOString(),
    severity,
    category,
    says,
    about: '',
    group,
    by,
    details: { isTest: true },
  }
}

export function exampleEvent({ at, group }: Stage): SyslogEvent {
  const { id, severity, category, says } = catalogue.connectorLeft
  return {
    number: 4711,
    sequence: 4711,
    key: 'event-4711',
    id,
    name: 'connectorLeft',
    at: at.toISOString(),
    severity,
    category,
    says,
    about: 'Berlin',
    group,
    details: { connector: 'Berlin', because: 'an example: "quotes", [brackets], a=b | c\\d' },
  }
}
