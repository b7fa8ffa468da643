/**
 * The connector of an all-in-one start, once the console has it as well and it has been told what to do.
 *
 * @module
 */
import { sleep, type Clock } from '@sallygate/base/clock'
import type { ConsoleClient } from './console-client.ts'
import { supervisorFailure } from './failures.ts'
import type { Group } from './provision.ts'
import { connectorName } from './settings-files.ts'

interface ListedConnector {
  readonly id: string
  readonly name: string
  readonly state: string
  readonly services: readonly { readonly service: string; readonly state: string }[]
}

/** What the sample office is for: a look-up that comes before the settings have arrived finds nothing. */
export const officeServices = ['directory', 'mail', 'syslog']

/**
 * The console has to see it as well: that it is attached is the relay's word, that it said hello is its own. And it has
 * been told what it is to do.
 */
export async function liveConnector(
  console_: ConsoleClient,
  {
    group,
    instance,
    services,
    clock,
  }: {
    readonly group: Group
    /** Of this home; others of the group may be live as well. */
    readonly instance: string | undefined
    readonly services: readonly string[]
    readonly clock: Clock
  },
): Promise<{ id: string; name: string }> {
  const untilMs = clock.monotonicMs() + 10_000
  for (;;) {
    const { connectors } = await console_.call<{ readonly connectors: readonly ListedConnector[] }>(
      'GET',
      `/api/groups/${group.id}/connectors`,
    )
    const live = connectors.find(
      ({ id, state }) => (state === 'live' || state === 'attached') && (instance === undefined || id === instance),
    )
    const isTold = services.every((name) => live?.services.some((one) => one.service === name && one.state !== 'off'))
    const isLate = clock.monotonicMs() > untilMs
    if (live !== undefined && (isTold || isLate)) return { id: live.id, name: live.name }
    if (isLate) throw supervisorFailure('PART_SLOW', { details: { part: 'connector', name: connectorName } })
    await sleep(clock, 25)
  }
}
