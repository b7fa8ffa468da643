/**
 * Orders: what the console may ask of this machine, and nothing else.
 *
 * Each is a word out of a closed list, carried out with fixed means; no order brings code,
 * a path or an argument. A word that is not on the list is refused by name.
 *
 * @module
 */
import type { Programs } from './platform/programs.ts'
import type { Message, Outcome, Platform } from './platform/platform.ts'

export interface Order {
  readonly id: string
  readonly kind: string
  readonly text?: Message | undefined
}

export interface OrderMeans {
  readonly platform: Platform
  readonly programs: Programs
  keep(message: Message): void
  /** Everything of the hub goes, as soon as the console knows. */
  leave(): void
  /** What an administrator of this machine put in the place of a full wipe; without it, it is simulated. */
  readonly fullWipeProgram: string | undefined
}

export async function carryOut(order: Order, means: OrderMeans): Promise<Outcome> {
  switch (order.kind) {
    case 'lock':
      return means.platform.lock()
    case 'message':
      return show(order.text, means)
    case 'enterpriseWipe':
      means.leave()
      return { isDone: true, says: 'The hub removes its key, its enrollment and all it kept on this machine.' }
    case 'fullWipe':
      return fullWipe(means)
    case 'report':
      // The report goes with the acknowledgement.
      return { isDone: true, says: 'Reported.' }
    default:
      return { isDone: false, says: `This hub knows no order "${order.kind.slice(0, 40)}".` }
  }
}

async function show(text: Message | undefined, means: OrderMeans): Promise<Outcome> {
  if (text === undefined) return { isDone: false, says: 'The message has no text.' }
  // Kept as well: nobody may be looking.
  means.keep(text)
  const outcome = await means.platform.show(text)
  return outcome.isDone ? outcome : { isDone: true, says: `Kept for sallygate hub status. ${outcome.says}` }
}

async function fullWipe({ fullWipeProgram, programs }: OrderMeans): Promise<Outcome> {
  if (fullWipeProgram === undefined)
    return { isDone: true, says: 'SIMULATED: nothing was erased. This hub was started without --full-wipe-program.' }
  const ran = await programs.run([fullWipeProgram], [])
  return ran?.code === 0
    ? { isDone: true, says: 'The program for a full wipe was run.' }
    : { isDone: false, says: `The program for a full wipe ended with ${ran?.code ?? 'no code'}.` }
}
