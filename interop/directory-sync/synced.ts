/**
 * A directory synchronized by a whole Sallygate of processes, seen as anybody sees it: through the API.
 *
 * @module
 */
import { Installation } from '@sallygate/testkit/installation'
import type { PartProcessOptions } from '@sallygate/testkit/part-process'
import { plainName, type Picture, type PictureGroup, type PictureUser } from './oracle.ts'

export interface Run {
  readonly id: string
  readonly number: number
  readonly state: string
  readonly full: boolean
  readonly fullBecause?: string
  readonly progress: { readonly phase: string; readonly done: number; readonly waitsFor?: { readonly code: string } }
  readonly counts?: Readonly<Record<string, number>>
  readonly held?: { readonly because: readonly { readonly safeguard: string }[] }
  readonly failure?: { readonly code: string }
  readonly restarts: number
  readonly server?: string
  readonly method?: string
  readonly deletions?: string
}

export class Synced {
  readonly installation: Installation

  private constructor(installation: Installation) {
    this.installation = installation
  }

  /** Nothing is synchronized until somebody says so. */
  static async open(
    settings: Readonly<Record<string, unknown>>,
    connectors: readonly string[] = ['one'],
    more: Partial<PartProcessOptions> = {},
  ): Promise<Synced> {
    const installation = await Installation.open()
    const synced = new Synced(installation)
    try {
      const servers = settings['servers'] as readonly { readonly host: string; readonly port: number }[]
      const targets = servers.map(({ host, port }) => `${host}:${port}`)
      for (const name of connectors) await installation.join(name, targets, more)
      await synced.configure(settings)
      return synced
    } catch (error) {
      await synced.close()
      throw error
    }
  }

  /** Runs come when somebody asks for them, unless the settings say otherwise. */
  async configure(settings: Readonly<Record<string, unknown>>): Promise<void> {
    const sync = { isOn: true, everyMinutes: 1440, ...(settings['sync'] as object | undefined) }
    await this.ask('PUT', 'services/directory', { settings: { ...settings, sync } })
  }

  /** @throws with what was said. */
  // What is read from it is what the tests are about.
  // oxlint-disable-next-line typescript/no-explicit-any
  async ask(method: string, path: string, body?: unknown): Promise<any> {
    const { installation } = this
    const { status, body: said } = await installation.api(method, `/api/groups/${installation.group}/${path}`, body)
    if (status >= 200 && status < 300) return said
    throw new Error(`${method} ${path}: ${status} ${JSON.stringify(said ?? null).slice(0, 500)}`)
  }

  begin(order: { readonly mode?: 'preview' | 'sync'; readonly full?: boolean } = {}): Promise<Run> {
    return this.ask('POST', 'directory/sync/runs', { mode: 'sync', withoutPreview: true, ...order })
  }

  run(id: string): Promise<Run> {
    return this.ask('GET', `directory/sync/runs/${id}`)
  }

  /** A console that is being started again is waited for. */
  async end({ id }: Pick<Run, 'id'>, withinMs = 120_000): Promise<Run> {
    let last: Run | undefined
    await this.installation.until(
      async () => {
        last = await this.run(id).catch(() => last)
        return last !== undefined && last.state !== 'running'
      },
      withinMs,
      `run ${id} ends; ${JSON.stringify(last)}`,
    )
    return last as Run
  }

  /** @throws with what it says, where it failed. */
  async sync(order: { readonly full?: boolean } = {}): Promise<Run> {
    const run = await this.end(await this.begin(order))
    if (run.state === 'failed') throw new Error(`the run failed: ${JSON.stringify(run)}`)
    return run
  }

  /** @param hasFields Whose fields are looked at one by one; the others' names and states are. */
  async picture(hasFields: (login: string) => boolean = () => true): Promise<Picture> {
    const users: Record<string, PictureUser> = {}
    for (const { id, dn, login, isDisabled } of await this.#all('directory/users', 'users')) {
      const fields = hasFields(login as string) ? (await this.ask('GET', `directory/users/${id as string}`)).fields : {}
      users[id as string] = { dn: plainName(dn as string), isDisabled: isDisabled as boolean, fields }
    }
    const groups: Record<string, PictureGroup> = {}
    for (const { id, dn } of await this.#all('directory/groups', 'groups')) {
      const path = `directory/groups/${id as string}`
      const idsOf = async (of: string) => {
        const members = await this.#all(`${path}/members`, 'members', `&of=${of}`)
        return members.map((member) => member['id'] as string).toSorted()
      }
      const { fields } = await this.ask('GET', path)
      const all = (await idsOf('transitive')).filter((member) => member !== id)
      groups[id as string] = { dn: plainName(dn as string), fields, direct: await idsOf('direct'), all }
    }
    return { users, groups }
  }

  async #all(path: string, of: string, more = ''): Promise<readonly Record<string, unknown>[]> {
    const items: Record<string, unknown>[] = []
    let cursor: string | undefined
    do {
      const after = cursor === undefined ? '' : `&cursor=${encodeURIComponent(cursor)}`
      const page = await this.ask('GET', `${path}?limit=1000${more}${after}`)
      items.push(...(page[of] as Record<string, unknown>[]))
      cursor = page.nextCursor
    } while (cursor !== undefined)
    return items
  }

  close(): Promise<void> {
    return this.installation.close()
  }
}

/** As the oracle's picture is compared with one whose fields were not all read. */
export function withFieldsOf(picture: Picture, hasFields: (login: string) => boolean): Picture {
  const users = Object.entries(picture.users).map(([id, user]) => {
    const isWanted = hasFields(user.fields['login']?.[0] ?? '')
    return [id, isWanted ? user : { ...user, fields: {} }] as const
  })
  return { ...picture, users: Object.fromEntries(users) }
}

/** The staff, and every five hundredth of the crowd. */
export const looksAtFields = (login: string): boolean => !login.startsWith('crowd') || login.endsWith('500')
