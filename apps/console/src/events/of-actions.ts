/**
 * Events that are changes somebody made: told from the row of the route table that made them.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import { actionOf, madeObject, objectOf } from '../audit/action.ts'
import type { GroupConcerned } from '../audit/group-concerned.ts'
import type { Around, Asked } from '../http/around.ts'
import type { EventName } from './catalogue.ts'
import type { Events } from './events.ts'

/** The first that fits counts. */
const rules: readonly (readonly [RegExp, EventName])[] = [
  [/^setup\.post$/, 'firstAdminMade'],
  [/^admins\.(?:.*\.)?roles?\./, 'roleChanged'],
  [/^roles\./, 'roleChanged'],
  [/^admins\./, 'adminChanged'],
  [/^api-keys\./, 'apiKeyChanged'],
  [/^groups\.(?:services|settings|pages|syslog\.targets)\.(?:.*\.)?(?:put|delete)$/, 'settingsChanged'],
  [/^groups\.syslog\.targets\.post$/, 'settingsChanged'],
  [/^nac\.(?:accounts|settings|export)\b/, 'nacAccountChanged'],
  [/^relay\.put$/, 'relayChanged'],
  [/^backups\.post$/, 'backupMade'],
  [/^backups\.delete$/, 'backupRemoved'],
]

export function eventOf(action: string): EventName | undefined {
  return rules.find(([pattern]) => pattern.test(action))?.[1]
}

export function eventsOfActions(events: Events, groupOf: GroupConcerned): Around {
  const tell = async (asked: Asked, name: EventName, object: string, details: Record<string, string>) => {
    const by = asked.call.actor?.name
    events.raise(name, {
      about: object,
      group: await groupOf(asked.call.params),
      details: { ...(by === undefined ? {} : { by }), ...details },
    })
  }
  return async (asked, run) => {
    const { route, call } = asked
    const name = route.changes(call.body) ? eventOf(actionOf(route)) : undefined
    if (name === undefined) return run()
    const object = objectOf(route, call.params)
    const action = actionOf(route)
    try {
      const answer = await run()
      await tell(asked, name, madeObject(object, answer.body), { action })
      return answer
    } catch (error) {
      if (name === 'settingsChanged' && error instanceof Failure && error.status < 500)
        await tell(asked, 'settingsRefused', object, { action, code: error.code })
      throw error
    }
  }
}
