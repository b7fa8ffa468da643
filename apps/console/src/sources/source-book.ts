/**
 * The sources of a group: added, changed, removed. Passwords go in and never come out.
 *
 * @module
 */
import { Secret } from '@sallygate/base/secret'
import type { MdmSource, Store } from '@sallygate/store'
import type { ConsolesBehind } from './consoles-behind.ts'
import { sourceFailure } from './failures.ts'
import { isMoved, sourceSecrets, sourceSettings, type SourceSecrets, type SourceSettings } from './settings.ts'

export interface SourceChange {
  readonly name: string
  readonly settings: SourceSettings
  readonly secrets?: SourceSecrets | undefined
}

export class SourceBook {
  readonly #store: Pick<Store, 'mdmSources'>
  readonly #behind: Pick<ConsolesBehind, 'changed'>

  constructor(store: Pick<Store, 'mdmSources'>, behind: Pick<ConsolesBehind, 'changed'>) {
    this.#store = store
    this.#behind = behind
  }

  list(group: string): Promise<readonly MdmSource[]> {
    return this.#store.mdmSources.list(group)
  }

  /** @throws SOURCE_NOT_FOUND. */
  async get(group: string, id: string): Promise<MdmSource> {
    const source = await this.#store.mdmSources.find(group, id)
    if (source === undefined) throw sourceFailure('NOT_FOUND')
    return source
  }

  /** @throws SOURCE_PASSWORD_NEEDED, STORE_NAME_INVALID. */
  add(group: string, { name, settings, secrets }: SourceChange): Promise<MdmSource> {
    if (secrets === undefined) throw sourceFailure('PASSWORD_NEEDED')
    return this.#store.mdmSources.add(group, { name, settings: plain(settings), password: sealed(secrets) })
  }

  /** @throws SOURCE_NOT_FOUND, SOURCE_PASSWORD_NEEDED, STORE_NAME_INVALID. */
  async change(group: string, id: string, { name, settings, secrets }: SourceChange): Promise<MdmSource> {
    const before = sourceSettings.parse((await this.get(group, id)).settings)
    if (secrets === undefined && isMoved(before, settings)) throw sourceFailure('PASSWORD_NEEDED')
    const password = secrets === undefined ? undefined : sealed(secrets)
    const changed = await this.#store.mdmSources.set(group, id, { name, settings: plain(settings), password })
    if (changed === undefined) throw sourceFailure('NOT_FOUND')
    return changed
  }

  /** @throws SOURCE_NOT_FOUND. */
  async remove(group: string, id: string): Promise<void> {
    if (!(await this.#store.mdmSources.remove(group, id))) throw sourceFailure('NOT_FOUND')
    await this.#behind.changed()
  }
}

function sealed(secrets: SourceSecrets): Secret {
  return new Secret(JSON.stringify(sourceSecrets.parse(secrets)))
}

/** Without members that are not set: JSON has no word for them. */
function plain(settings: SourceSettings): Record<string, string | number | boolean> {
  return JSON.parse(JSON.stringify(settings)) as Record<string, string | number | boolean>
}
