/**
 * Mail that did not go: given up, or waiting for longer than a busy server explains.
 *
 * @module
 */
import type { Clock } from '@sallygate/base/clock'
import type { Store } from '@sallygate/store'
import type { Warning } from '../status/schema.ts'

/** Greylisting takes half an hour at most. */
const longMs = 3_600_000

export async function mailWarnings(store: Store, clock: Clock): Promise<Warning[]> {
  const troubled = await store.mailList.troubled(new Date(clock.now().getTime() - longMs))
  if (troubled.length === 0) return []
  const names = new Map((await store.groups.list()).map(({ id, name }) => [id, name]))
  return troubled.flatMap(({ group, dead, waiting }) => {
    const of = { about: names.get(group) ?? group, group }
    return [...(dead === 0 ? [] : [givenUp(dead, of)]), ...(waiting === 0 ? [] : [waits(waiting, of)])]
  })
}

function givenUp(count: number, of: Pick<Warning, 'about' | 'group'>): Warning {
  const says = count === 1 ? '1 mail was given up and waits' : `${count} mails were given up and wait`
  return {
    code: 'MAIL_GIVEN_UP',
    level: 'red',
    says: `${says} for somebody to decide.`,
    fix: 'Look at the outbox under Enterprise Services > Mail, or run: sallygate mail list --state dead',
    ...of,
  }
}

function waits(count: number, of: Pick<Warning, 'about' | 'group'>): Warning {
  return {
    code: 'MAIL_WAITS',
    level: 'yellow',
    says: `${count === 1 ? '1 mail has' : `${count} mails have`} waited for more than an hour.`,
    fix: 'Run: sallygate mail status. It says which failure keeps them; sallygate service check mail tries the way.',
    ...of,
  }
}
