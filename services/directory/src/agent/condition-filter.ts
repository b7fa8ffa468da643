/**
 * From conditions to filters: the only place where a caller's words meet LDAP.
 *
 * @module
 */
import {
  allOf,
  anyOf,
  contains,
  endsWith,
  equal,
  not,
  present,
  startsWith,
  type Filter,
} from '@sallygate/protocol-ldap'
import type { Condition, ConditionField } from '../contract.ts'
import { identifierBytes } from './identifier.ts'
import type { DirectoryPlan } from './plan.ts'

export type EntryKind = 'users' | 'groups'

/** Absolute false (RFC 4526): a field that is not mapped matches nobody, and `not` of it everybody. */
const nobody: Filter = { kind: 'or', filters: [] }

export function conditionFilter(plan: DirectoryPlan, kind: EntryKind, condition: Condition): Filter {
  const inner = (one: Condition) => conditionFilter(plan, kind, one)
  if ('all' in condition) return allOf(...condition.all.map(inner))
  if ('any' in condition) return anyOf(...condition.any.map(inner))
  if ('not' in condition) return not(inner(condition.not))
  const attribute = attributeOf(plan, kind, condition.field)
  if (attribute === undefined) return nobody
  const valueOf = (text: string) => (condition.field === 'id' ? identifierBytes(text, plan.identifier.dataType) : text)
  const equals = (text: string) => {
    const value = valueOf(text)
    return value === undefined ? nobody : equal(attribute, value)
  }
  if ('equals' in condition) return equals(condition.equals)
  if ('anyOf' in condition) return anyOf(...condition.anyOf.map(equals))
  if ('isPresent' in condition) return present(attribute)
  if ('startsWith' in condition) return startsWith(attribute, condition.startsWith)
  if ('endsWith' in condition) return endsWith(attribute, condition.endsWith)
  return contains(attribute, condition.contains)
}

export function attributeOf(plan: DirectoryPlan, kind: EntryKind, field: ConditionField): string | undefined {
  if (field === 'id') return plan.identifier.attribute
  const mapping = kind === 'users' ? plan.mapping.user : plan.mapping.group
  return (mapping as Readonly<Record<string, string | undefined>>)[field]
}
