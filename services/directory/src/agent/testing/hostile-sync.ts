/**
 * What the tests of the sync against hostile directories share.
 *
 * @module
 */
import { pagedResults, type Control, type SearchRequest } from '@sallygate/protocol-ldap'
import type { ServiceLife } from '@sallygate/service-kit'
import type { FakeClock } from '@sallygate/testkit/fake-clock'
import { success, type HostileDirectoryOptions, type HostileReply } from '@sallygate/testkit/hostile-directory'
import { testContext } from '@sallygate/testkit/service-host'
import type { SyncPass } from '../../contract.ts'
import { base } from './hostile.ts'

/** Says who it is as it should; what it does when people and groups are read is the test's. */
export function onReading(
  act: (reply: HostileReply, request: SearchRequest) => void | Promise<void>,
): HostileDirectoryOptions {
  return {
    async script(reply) {
      const { operation } = reply.request
      if (operation.kind !== 'searchRequest') return false
      if (operation.scope === 'base' && operation.base === '') {
        reply.send({
          kind: 'searchEntry',
          dn: '',
          attributes: [{ type: 'namingContexts', values: [Buffer.from(base)] }],
        })
        reply.send(success)
      } else if (operation.scope === 'base' && operation.base === base) reply.send(success)
      else await act(reply, operation)
      return true
    },
  }
}

export const id = (text: string) => ({ type: 'entryUUID', values: [Buffer.from(text)] })
export const nextPage = (cookie: string): readonly Control[] => [
  { ...pagedResults({ size: 0, cookie: Buffer.from(cookie) }), isCritical: false },
]

export interface Page {
  readonly entries: string
  readonly cursor?: string
}

/** @returns the first page. */
export async function begin(life: ServiceLife, pass: SyncPass = 'users', clock?: FakeClock): Promise<Page> {
  const { identity } = (await life.run('syncStart', {}, testContext({ ...(clock && { clock }) }))) as {
    identity: string
  }
  return life.run(
    'syncPage',
    { pass, identity },
    testContext({ deadlineMs: 120_000, ...(clock && { clock }) }),
  ) as Promise<Page>
}

export async function goOn(life: ServiceLife, pass: SyncPass = 'users', maxPages = 1000): Promise<number> {
  const { identity } = (await life.run('syncStart', {}, testContext())) as { identity: string }
  let cursor: string | undefined
  for (let pages = 1; pages <= maxPages; pages++) {
    const params = { pass, identity, ...(cursor === undefined ? {} : { cursor }) }
    const page = (await life.run('syncPage', params, testContext({ deadlineMs: 120_000 }))) as Page
    if (page.cursor === undefined) return pages
    cursor = page.cursor
  }
  throw new Error('it never ended')
}
