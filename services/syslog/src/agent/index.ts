/**
 * The syslog agent: what the connector runs.
 *
 * @module
 */
import { CheckList, defineService, type Health } from '@sallygate/service-kit'
import { syslogContract } from '../contract.ts'
import { checkTarget } from './check.ts'
import type { Opener } from './open.ts'
import { Streams } from './streams.ts'

export const syslogService = defineService(syslogContract, async (settings, host) => {
  const opener: Opener = { settings, host }
  const streams = new Streams(opener)
  return {
    operations: {
      async check({ target, clientKey, event }, context) {
        if (target !== undefined)
          return { rows: [...(await checkTarget(opener, { target, clientKey, event }, context))] }
        const list = new CheckList(host.clock)
        await list.row('Syslog', () => Promise.resolve('The service runs. Each target has a test of its own.'))
        return { rows: [...list.rows] }
      },
      deliver: ({ target, clientKey, stream, connection, events, confirm }, context) =>
        streams.deliver({ target, clientKey, stream, connection, events, confirm }, context),
    },
    // A collector that is down is a target's failure and told there; the service itself has nothing that could be ill.
    health: (): Health => ({ kind: 'healthy' }),
    stop() {
      streams.stop()
      return Promise.resolve()
    },
  }
})
