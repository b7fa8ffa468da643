/**
 * Whether whatever a JSON Schema lets through is what a type of the pages says.
 *
 * @module
 */
import type { JsonSchema } from '../../apps/console/src/openapi/document.ts'
import type { Member, TypeText } from './type-text.ts'

export type Declarations = ReadonlyMap<string, TypeText>

/** @returns What does not fit, each with its place; empty where everything does. */
export function misfits(schema: JsonSchema, type: TypeText, known: Declarations, place: string): readonly string[] {
  const { type: kind, enum: values, const: constant, anyOf, oneOf } = schema as Readonly<Record<string, unknown>>
  const alternatives = (anyOf ?? oneOf) as readonly JsonSchema[] | undefined
  if (type.is === 'any') return []
  if (alternatives !== undefined) return alternatives.flatMap((one) => misfits(one, type, known, place))
  // A schema that says nothing promises nothing, and holds no page to anything.
  if (kind === undefined && values === undefined && constant === undefined) return []
  if (Array.isArray(kind)) return kind.flatMap((one) => misfits({ ...schema, type: one as string }, type, known, place))
  const given = constant === undefined ? values : [constant]
  if (Array.isArray(given) && given.every((value) => typeof value === 'string')) {
    return given.flatMap((value) => (takesWord(type, value, known) ? [] : [`${place}: ${value} is not foreseen`]))
  }
  if (type.is === 'all') return type.parts.flatMap((part) => misfits(schema, part, known, place))
  if (type.is === 'literal') return [`${place}: any ${String(kind)}, and not only ${type.value}`]
  if (type.is === 'union') {
    const tried = type.parts.map((part) => misfits(schema, part, known, place))
    // The nearest of them says best what is amiss.
    return tried.toSorted((a, b) => a.length - b.length)[0] ?? []
  }
  if (type.is === 'name') return ofName(schema, type.name, type.about, known, place)
  if (type.is === 'array') {
    if (kind !== 'array') return [`${place}: ${String(kind)} and no list`]
    return misfits((schema['items'] ?? {}) as JsonSchema, type.of, known, `${place}[]`)
  }
  if (kind !== 'object') return [`${place}: ${String(kind)} and no object`]
  return type.members.flatMap((member) => ofMember(schema, member, known, `${place}.${member.name}`))
}

function ofMember(schema: JsonSchema, member: Member, known: Declarations, place: string): readonly string[] {
  const property = schema.properties?.[member.name]
  if (property === undefined) {
    const others = schema['additionalProperties']
    return typeof others === 'object' || member.isOptional ? [] : [`${place}: is not there`]
  }
  const isThere = member.isOptional || schema.required?.includes(member.name) === true
  return [...(isThere ? [] : [`${place}: may be missing`]), ...misfits(property, member.type, known, place)]
}

function ofName(
  schema: JsonSchema,
  name: string,
  about: readonly TypeText[],
  known: Declarations,
  place: string,
): readonly string[] {
  const kind = schema.type
  if (name === 'number') return kind === 'number' || kind === 'integer' ? [] : [`${place}: ${String(kind)}, not number`]
  if (['string', 'boolean', 'null'].includes(name))
    return kind === name ? [] : [`${place}: ${String(kind)}, not ${name}`]
  if (name === 'undefined') return [`${place}: is there`]
  if (name === 'Readonly' && about[0] !== undefined) return misfits(schema, about[0], known, place)
  if (name === 'Record' && about[1] !== undefined) {
    const [, of] = about
    const others = schema['additionalProperties']
    const each = [
      ...Object.values(schema.properties ?? {}),
      ...(typeof others === 'object' ? [others as JsonSchema] : []),
    ]
    if (kind !== 'object') return [`${place}: ${String(kind)} and no object`]
    return each.flatMap((one) => misfits(one, of, known, `${place}.*`))
  }
  const declared = known.get(name)
  return declared === undefined ? [`${place}: nobody says what ${name} is`] : misfits(schema, declared, known, place)
}

function takesWord(type: TypeText, word: string, known: Declarations): boolean {
  if (type.is === 'literal') return type.value === word
  if (type.is === 'union' || type.is === 'all') return type.parts.some((part) => takesWord(part, word, known))
  if (type.is !== 'name') return false
  const declared = known.get(type.name)
  return type.name === 'string' || (declared !== undefined && takesWord(declared, word, known))
}
