/**
 * What clients of Workspace ONE's REST API have done to devices: commands and messages.
 *
 * Only what the account may do is asked of the desk, and a name that fits several devices does nothing.
 *
 * @module
 */
import { decodeXml, readXml } from '@sallygate/base/xml'
import type { NacAction } from '@sallygate/domain'
import { readBulkValues, readMessageText, selectorOf, type Selector } from '@sallygate/protocol-workspace-one/server'
import type { ActionDesk } from '../actions/action-desk.ts'
import type { Answer, Asking, Body } from './answer.ts'
import type { UemDevices } from './uem-devices.ts'
import { ok, refuse } from './uem-words.ts'

/** Names as clients write them, in lower case. */
const commands: Readonly<Record<string, NacAction>> = {
  lock: 'pin_lock',
  enterprisewipe: 'corporate_wipe',
  devicewipe: 'full_wipe',
}

export class UemActions {
  readonly #desk: ActionDesk
  readonly #devices: UemDevices

  constructor(desk: ActionDesk, devices: UemDevices) {
    this.#desk = desk
    this.#devices = devices
  }

  command(selector: Selector | undefined, command: string, asking: Asking): Answer {
    if (selector === undefined) return refuse(400, 'searchby is missing or not one of the known words.')
    const action = commands[command.toLowerCase()]
    if (action === undefined) return refuse(400, `There is no command ${command.slice(0, 40)} here.`)
    if (!this.#desk.mayAct(asking.account, action)) return refuse(403, 'This account may not do that to devices.')
    const refusal = this.#ask(selector, asking, action)
    if (refusal !== undefined) return refuse(refusal.status, refusal.says)
    return { ...ok(undefined, 'act', 'done'), status: 202, body: '' }
  }

  bulkCommand(by: Selector['by'] | undefined, command: string, asking: Asking, { bytes }: Body): Answer {
    const action = commands[command.toLowerCase()]
    if (by === undefined || action === undefined)
      return refuse(400, 'searchby or command is not one of the known words.')
    if (!this.#desk.mayAct(asking.account, action)) return refuse(403, 'This account may not do that to devices.')
    const values = readBulkValues(bytes)
    const refused = values.filter((value) => this.#ask(selectorOf(by, value), asking, action) !== undefined).length
    const counts = { TotalItems: values.length, AcceptedItems: values.length - refused, FailedItems: refused }
    return ok(counts, 'act', refused === values.length ? 'refused' : 'done')
  }

  message(selector: Selector | undefined, asking: Asking, { bytes, type }: Body): Answer {
    if (selector === undefined) return refuse(400, 'searchby is missing or not one of the known words.')
    if (!this.#desk.mayMessage(asking.account)) return refuse(403, 'This account may not send messages to devices.')
    const { title, text } = messageOf(bytes, type)
    const refusal = this.#ask(selector, asking, 'message', { title, body: text })
    if (refusal !== undefined) return refuse(refusal.status, refusal.says)
    return { ...ok(undefined, 'act', 'done'), status: 202, body: '' }
  }

  #ask(
    selector: Selector,
    asking: Asking,
    action: NacAction | 'message',
    text?: { readonly title: string; readonly body: string },
  ): { readonly status: number; readonly says: string } | undefined {
    const [only, ...more] = this.#devices.find(asking.account, selector).filter(({ device }) => device.registered)
    if (only === undefined) return { status: 404, says: 'Device not found.' }
    if (more.length > 0) return { status: 409, says: 'Several devices have this identifier.' }
    const says = this.#desk.ask(asking, only.device, action, text)
    return says === undefined ? undefined : { status: 429, says }
  }
}

/** Forescout sends XML in a namespace of its own, everybody else JSON. */
function messageOf(bytes: Buffer, type: string): { readonly title: string; readonly text: string } {
  if (!/xml/i.test(type)) return readMessageText(bytes)
  const root = readXml(decodeXml(bytes), { maxCharacters: 256 * 1024, maxDepth: 8, maxElements: 200 })
  const told = (name: string) =>
    root.children.find((child) => child.name.replace(/^.*:/, '').toLowerCase() === name)?.text ?? ''
  return { title: told('subject').slice(0, 500), text: told('messagebody').slice(0, 4000) }
}
