/**
 * The action desk: takes over what a NAC asked nac for, once, and asks the device's command queue.
 *
 * @module
 */
import { Failure } from '@sallygate/base/failure'
import type { CommandKind } from '@sallygate/domain'
import type { Store } from '@sallygate/store'
import type { CommandPort } from '../devices/ports.ts'
import type { Events } from '../events/events.ts'

export interface HandedOver {
  /** Of nac's journal: the same one again is the same action. */
  readonly id: string
  readonly action: 'pin_lock' | 'corporate_wipe' | 'full_wipe' | 'message'
  readonly device: string
  readonly account: string
  /** The policy node. */
  readonly source: string
  readonly atMs: number
  readonly title?: string | undefined
  readonly body?: string | undefined
}

const kinds = {
  pin_lock: 'lock',
  corporate_wipe: 'enterpriseWipe',
  full_wipe: 'fullWipe',
  message: 'message',
} as const satisfies Readonly<Record<HandedOver['action'], CommandKind>>

export interface ActionDeskParts {
  readonly store: Pick<Store, 'nacFeed'>
  readonly commands: CommandPort
  readonly events: () => Pick<Events, 'raise'>
  /** How an account is called by people. */
  readonly userOf: (account: string) => Promise<string>
}

export class ActionDesk {
  readonly #parts: ActionDeskParts

  constructor(parts: ActionDeskParts) {
    this.#parts = parts
  }

  /** @throws what the command queue refuses; those that stay refused are told as such. */
  async take(handed: HandedOver): Promise<void> {
    const { commands, events, store, userOf } = this.#parts
    const { id, action, device, account, source, title = '', body = '' } = handed
    const user = await userOf(account)
    const known = await store.nacFeed.find('device', device)
    const about = known?.value?.name ?? known?.value?.hostName ?? device
    const details = { action, device, account: user, source }
    const group = known?.value?.group
    try {
      const { isNew } = await commands.request({
        device,
        kind: kinds[action],
        by: `${user} from ${source}`,
        dedupKey: `nac ${id}`,
        ...(action === 'message' ? { text: { title, body } } : {}),
      })
      if (isNew) events().raise('nacActionAsked', { about, group, details })
    } catch (error) {
      if (error instanceof Failure && error.retry === 'never')
        events().raise('nacActionRefused', { about, group, details: { ...details, code: error.code } })
      throw error
    }
  }
}
