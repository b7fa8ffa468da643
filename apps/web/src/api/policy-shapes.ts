/**
 * Compliance policies, as the API answers with them.
 *
 * @module
 */
import type { Severity } from './device-shapes.ts'

export type WhenUnknown = 'fails' | 'passes'

export type Rule =
  | { readonly kind: 'isTrue' | 'isFalse'; readonly fact: string; readonly whenUnknown: WhenUnknown }
  | {
      readonly kind: 'oneOf' | 'noneOf'
      readonly fact: string
      readonly values: readonly string[]
      readonly whenUnknown: WhenUnknown
    }
  | { readonly kind: 'atLeast'; readonly fact: string; readonly version: string; readonly whenUnknown: WhenUnknown }
  | {
      readonly kind: 'reportedWithin'
      readonly hours: number
      readonly source?: string
      readonly whenUnknown: WhenUnknown
    }

export interface PolicyContent {
  readonly name: string
  readonly match: 'all' | 'any'
  readonly rules: readonly Rule[]
  readonly platforms: readonly string[]
  readonly severity: Severity
  readonly countsForAccess: boolean
  readonly remediation: string
  readonly isEnabled: boolean
  readonly assigned: readonly string[]
  readonly excluded: readonly string[]
}

export interface Policy extends PolicyContent {
  readonly id: string
  readonly group: string
  readonly changedAt: string
  readonly isInherited: boolean
  readonly holds: boolean
}

export interface PreviewedDevice {
  readonly id: string
  readonly name: string
  readonly failing: readonly string[]
}

export interface PolicyPreview {
  readonly looked: number
  readonly of: number
  readonly compliantNow: number
  readonly compliantThen: number
  readonly losing: readonly PreviewedDevice[]
  readonly losingCount: number
  readonly gaining: readonly PreviewedDevice[]
  readonly gainingCount: number
}
