/**
 * Which events somebody asks for: never more than he sees.
 *
 * @module
 */
import type { EventFilter } from '@sallygate/store'
import { z } from 'zod'
import { groupsOf } from '../audit/routes.ts'
import type { Actor } from '../http/policy.ts'
import { pageQuery } from '../http/paging.ts'
import type { OrganizationGroups } from '../organization-groups/organization-groups.ts'
import { visibleGroup } from '../organization-groups/policy.ts'
import { groupReference } from '../organization-groups/schema.ts'
import { catalogue, categories, eventServices, severities, type EventService } from './catalogue.ts'

const moment = z.iso.datetime({ offset: true }).transform((text) => new Date(text))

const filterFields = {
  /** At least this bad. */
  severity: z.enum(severities).optional(),
  category: z.enum(categories).optional(),
  id: z
    .string()
    .regex(/^SG-\d{4}$/, 'SG- and four digits')
    .optional(),
  /** The group and all below it. Without it, every group the caller sees, and for who sees all of them also what is of no group. */
  group: groupReference.optional(),
  /** `false`: only the group itself. */
  below: z
    .enum(['true', 'false'])
    .transform((text) => text === 'true')
    .optional(),
  /** What is about this enterprise service: on a connector, of its own, or its settings. */
  service: z.enum(eventServices).optional(),
  since: moment.optional(),
  until: moment.optional(),
  /** In what it says, what it is about, its details or its number; capital letters make no difference. */
  text: z.string().min(1).max(200).optional(),
}

export const eventsQuery = z.strictObject({ ...pageQuery(100), ...filterFields })

/** What is exported is for a file, and not for a page: all of it, unless a limit is set. */
export const exportQuery = z.strictObject({
  ...filterFields,
  limit: z
    .string()
    .regex(/^[1-9]\d{0,6}$/, 'a number from 1 to 9999999')
    .transform(Number)
    .optional(),
  cursor: pageQuery(1).cursor,
})

export type EventsAsked = Omit<z.output<typeof exportQuery>, 'limit' | 'cursor'>

/** @throws CONSOLE_NOT_FOUND for a group the actor does not see. */
export async function filterOf(
  groups: OrganizationGroups,
  asked: EventsAsked,
  actor: Actor,
): Promise<Omit<EventFilter, 'before' | 'limit'>> {
  const { severity, category, id, group, below = true, service, since, until, text } = asked
  return {
    category,
    id,
    since,
    until,
    severities: severity === undefined ? undefined : severities.slice(severities.indexOf(severity)),
    groups: group === undefined ? await groupsOf(groups, actor) : await groupsFrom(groups, group, below, actor),
    text: text === undefined ? undefined : { has: text, ids: idsSaying(text) },
    service: service === undefined ? undefined : { name: service, ids: idsOf(service), addresses: addresses[service] },
  }
}

async function groupsFrom(groups: OrganizationGroups, reference: string, below: boolean, actor: Actor) {
  const { id } = await visibleGroup(groups, reference, actor)
  return below ? (await groups.tree()).subtree(id).map((group) => group.id) : [id]
}

const kinds = Object.values<(typeof catalogue)[keyof typeof catalogue] & { readonly service?: EventService }>(catalogue)

function idsSaying(text: string): readonly string[] {
  const wanted = text.toLowerCase()
  return kinds.filter(({ says }) => says.toLowerCase().includes(wanted)).map(({ id }) => id)
}

function idsOf(wanted: EventService): readonly string[] {
  return kinds.filter(({ service }) => service === wanted).map(({ id }) => id)
}

/** In the address of what was changed, for events about settings. */
const addresses: Readonly<Record<EventService, readonly string[]>> = {
  directory: ['/services/directory'],
  mail: ['/services/mail'],
  syslog: ['/services/syslog', '/syslog/targets'],
}
