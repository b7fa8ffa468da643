/**
 * What the tests against hostile directories share: a service, a directory that lies to it, a measure.
 *
 * @module
 */
import { runInNewContext } from 'node:vm'
import { setFlagsFromString } from 'node:v8'
import { systemClock, type Clock } from '@sallygate/base/clock'
import { ldapResult, type AttributeValues, type LdapOperation } from '@sallygate/protocol-ldap'
import { ServiceLife } from '@sallygate/service-kit'
import { FakeClock } from '@sallygate/testkit/fake-clock'
import {
  startHostileDirectory,
  type HostileDirectory,
  type HostileDirectoryOptions,
  type HostileReply,
} from '@sallygate/testkit/hostile-directory'
import { testContext, testServiceHost } from '@sallygate/testkit/service-host'
import type { DirectorySettingsInput } from '../../contract.ts'
import { directoryService } from '../index.ts'

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

export const base = 'dc=x'
export const megabyte = 1024 * 1024
export const stops: (() => Promise<void>)[] = []

/** Stops what the test opened, the last first. For `afterEach`. */
export async function stopAll(): Promise<void> {
  for (const stop of stops.splice(0).toReversed()) await stop()
}

export async function connect(
  port: number,
  settings: Partial<DirectorySettingsInput> = {},
  clock: Clock = systemClock,
) {
  const life = new ServiceLife(directoryService, testServiceHost({ clock }))
  stops.push(() => life.stop())
  await life.configure({
    type: 'generic',
    servers: [{ host: '127.0.0.1', port }],
    encryption: 'none',
    baseDn: base,
    bindDn: 'cn=reader,dc=x',
    bindPassword: 'secret-of-the-reader',
    ...settings,
  })
  return life
}

export async function open(
  options: HostileDirectoryOptions,
  settings: Partial<DirectorySettingsInput> = {},
  clock: Clock = systemClock,
): Promise<{ directory: HostileDirectory; life: ServiceLife }> {
  const directory = await startHostileDirectory(options)
  stops.push(() => directory.stop())
  return { directory, life: await connect(directory.port, settings, clock) }
}

/** Asks a directory that never answers one kind of request, and lets the limit pass. */
export async function askSilent(
  kind: 'bindRequest' | 'searchRequest',
  ask: (life: ServiceLife, clock: FakeClock) => Promise<unknown>,
) {
  const clock = new FakeClock()
  const { directory, life } = await open({ script: (reply) => reply.request.operation.kind === kind }, {}, clock)
  const ended = ask(life, clock).then(
    () => 'an answer',
    (error: { code: string }) => error.code,
  )
  await directory.waitFor(kind)
  await clock.advance(10_000)
  return { ended: await ended, directory, clock }
}

/** Refuses whoever binds; who is not asked to bind is served. */
export const refusesBinds: HostileDirectoryOptions = {
  script(reply) {
    if (reply.request.operation.kind !== 'bindRequest') return false
    reply.send({ kind: 'bindResponse', result: ldapResult('invalidCredentials') })
    return true
  },
}

export const bindsOf = ({ received }: HostileDirectory) => received.filter((kind) => kind === 'bindRequest').length

export interface Found {
  readonly entries: readonly { readonly dn: string; readonly fields: Readonly<Record<string, string[]>> }[]
  readonly partial: boolean
  readonly partialBecause?: string
  readonly referralsNotFollowed: number
}

export const search = (life: ServiceLife, params: object = {}, clock: Clock = systemClock) =>
  life.run('search', { kind: 'users', limit: 10_000, ...params }, testContext({ clock })) as Promise<Found>

export const entry = (uid: string, attributes: readonly AttributeValues[] = []): LdapOperation => ({
  kind: 'searchEntry',
  dn: `uid=${uid},${base}`,
  attributes: [{ type: 'uid', values: [Buffer.from(uid)] }, ...attributes],
})

export const onSearch = (act: (reply: HostileReply) => void | Promise<void>): HostileDirectoryOptions => ({
  async script(reply) {
    if (reply.request.operation.kind !== 'searchRequest') return false
    await act(reply)
    return true
  },
})

/**
 * Runs `action` and says what work it was and what memory it kept: milliseconds of this thread on a processor, and
 * bytes, garbage aside. Not the time on the wall, which says how busy the machine is.
 */
export async function measured(action: () => Promise<unknown>): Promise<{ workMs: number; keptBytes: number }> {
  // Buffers are swept in the background, and a closed socket lets go of its own a turn later.
  const held = async () => {
    for (let turn = 0; turn < 2; turn++) {
      collect()
      await new Promise<void>((resolve) => setImmediate(resolve))
    }
    const { heapUsed, external } = process.memoryUsage()
    return heapUsed + external
  }
  const before = await held()
  const began = process.threadCpuUsage()
  await action()
  const { user, system } = process.threadCpuUsage(began)
  return { workMs: (user + system) / 1000, keptBytes: (await held()) - before }
}
