/**
 * Where a search may look: inside the base of the settings, and inside what the
 * policy file gives the acting group.
 *
 * @module
 */
import { isWithin, parseName, type DistinguishedName } from '@sallygate/protocol-ldap'
import type { OperationContext } from '@sallygate/service-kit'
import { directoryFailure } from '../contract.ts'

export interface Base {
  readonly text: string
  readonly name: DistinguishedName
}

/**
 * The bases to search, one after the other.
 *
 * @throws DIRECTORY_BASE_NOT_ALLOWED; the same for "outside" and for "not there", so that nobody can feel his way around.
 */
export function allowedBases(own: Base, asked: string | undefined, context: OperationContext): readonly Base[] {
  const wanted = asked === undefined ? own : { text: asked, name: readName(asked) }
  if (!isWithin(wanted.name, own.name)) throw directoryFailure('BASE_NOT_ALLOWED')
  const limits = limitsOf(context)
  if (limits === undefined || limits.some((limit) => isWithin(wanted.name, limit.name))) return [wanted]
  const narrower = limits.filter((limit) => isWithin(limit.name, wanted.name))
  const outermost = narrower.filter(
    (limit, index) =>
      !narrower.some(
        (other, at) => at !== index && isWithin(limit.name, other.name) && !(at > index && isSame(limit, other)),
      ),
  )
  if (outermost.length === 0) throw directoryFailure('BASE_NOT_ALLOWED')
  return outermost
}

/** Whether the acting group may see this entry at all. */
export function isAllowed(dn: string, own: Base, context: OperationContext): boolean {
  const limits = limitsOf(context)
  const name = readOrNothing(dn)
  // Where nobody drew a line, a name we cannot read is no reason to hide an entry of the search.
  if (name === undefined) return limits === undefined
  return isWithin(name, own.name) && (limits === undefined || limits.some((limit) => isWithin(name, limit.name)))
}

function limitsOf(context: OperationContext): readonly Base[] | undefined {
  return context.limits['baseDns']?.map((text) => ({ text, name: readName(text) }))
}

function readOrNothing(dn: string): DistinguishedName | undefined {
  try {
    return parseName(dn)
  } catch {
    return undefined
  }
}

function readName(text: string): DistinguishedName {
  try {
    return parseName(text)
  } catch (cause) {
    throw directoryFailure('BASE_NOT_ALLOWED', { cause })
  }
}

const isSame = (a: Base, b: Base) => isWithin(a.name, b.name) && isWithin(b.name, a.name)
