/**
 * The roster: who is attached, and who carries the next cargo.
 *
 * Two attachments of one instance both stand in it: that is a hand-over or a cloned key,
 * and only the consoles, who are told, can say which.
 *
 * @module
 */
import { anyConsole, encodeFrame, limits, routeKey, type FrameNamed, type Role, type RosterEntry } from '@sallygate/hop'
import type { Attachment } from './attachment.ts'

/** Make-before-break needs two, two banks doing so four. More is one key taking every place. */
const attachmentsPerInstance = 4
const anyConsoleRoute = routeKey(anyConsole)

export class Roster {
  /** Oldest first. */
  readonly #byRoute = new Map<string, Attachment[]>()
  readonly #count: Record<Role, number> = { console: 0, connector: 0, guest: 0 }
  #consoleRoutes: string[] = []
  #turn = 0

  get size(): number {
    return this.#count.console + this.#count.connector + this.#count.guest
  }

  count(role: Role): number {
    return this.#count[role]
  }

  /** Everybody as of now; the roster may change while a caller goes through them. */
  all(): readonly Attachment[] {
    return [...this.#byRoute.values()].flat()
  }

  consoles(): readonly Attachment[] {
    return this.#consoleRoutes.flatMap((route) => this.#byRoute.get(route) ?? [])
  }

  /** @returns The attachment that has to go because this instance has too many. */
  add(attachment: Attachment): Attachment | undefined {
    const { route, address } = attachment
    const siblings = this.#byRoute.get(route) ?? []
    siblings.push(attachment)
    this.#byRoute.set(route, siblings)
    this.#count[address.role]++
    if (address.role === 'console' && siblings.length === 1) this.#consoleRoutes.push(route)
    this.#announce('joined', attachment)
    return siblings.length > attachmentsPerInstance ? siblings[0] : undefined
  }

  remove(attachment: Attachment): void {
    const { route, address } = attachment
    const siblings = this.#byRoute.get(route)
    const at = siblings?.indexOf(attachment) ?? -1
    if (siblings === undefined || at < 0) return
    siblings.splice(at, 1)
    this.#count[address.role]--
    if (siblings.length === 0) {
      this.#byRoute.delete(route)
      this.#consoleRoutes = this.#consoleRoutes.filter((candidate) => candidate !== route)
    }
    this.#announce('left', attachment)
  }

  markDraining(attachment: Attachment): void {
    if (attachment.isDraining) return
    attachment.isDraining = true
    this.#announce('draining', attachment)
  }

  /** Tells the consoles something about an attachment, besides that it came or went. */
  tellConsoles(about: Attachment, frame: Buffer): void {
    if (!isListed(about)) return
    for (const console of this.consoles()) if (console !== about) console.tellEncoded(frame)
  }

  /** The newest attachment that takes work; a draining one only when there is no other, since answers still go to it. */
  pick(route: string): Attachment | undefined {
    if (route !== anyConsoleRoute) return newest(this.#byRoute.get(route) ?? [])
    const turn = this.#turn++
    const routes = this.#consoleRoutes
    let leaving: Attachment | undefined
    for (let step = 0; step < routes.length; step++) {
      const found = newest(this.#byRoute.get(routes[(turn + step) % routes.length] ?? '') ?? [])
      if (found?.isDraining === false) return found
      leaving ??= found
    }
    return leaving
  }

  full(): FrameNamed<'roster'> {
    const entries = this.all().filter(isListed).map(entryOf)
    return { type: 'roster', entries: entries.slice(0, limits.rosterEntries) }
  }

  #announce(event: FrameNamed<'rosterChange'>['event'], attachment: Attachment): void {
    if (!isListed(attachment) || this.#consoleRoutes.length === 0) return
    this.tellConsoles(attachment, encodeFrame({ type: 'rosterChange', event, entry: entryOf(attachment) }))
  }
}

/** Guests come and go in seconds; a console learns of one when it says something. */
function isListed(attachment: Attachment): boolean {
  return attachment.address.role !== 'guest'
}

function newest(attachments: readonly Attachment[]): Attachment | undefined {
  return attachments.findLast((attachment) => !attachment.isDraining) ?? attachments.at(-1)
}

function entryOf(attachment: Attachment): RosterEntry {
  const { address, id, since, isDraining } = attachment
  return { ...address, attachment: id, since, isDraining }
}
