/**
 * The devices page between the API and its form.
 *
 * @module
 */
import type { SettingsPage } from '../api/service-shapes.ts'
import { shownValues, type Values } from './page-values.ts'

export interface DeviceSettingsFields {
  readonly staleAfterHours: number
  readonly graceHours: number
  readonly freshForHours: number
  readonly sourceOrder: string[]
  readonly ignoredMacs: string[]
  readonly macMemoryDays: number
  readonly checkInMinutes: number
  readonly allowFullWipe: boolean
}

const isText = (value: unknown): value is string => typeof value === 'string'

export function deviceSettingsFields(page: Pick<SettingsPage, 'values'>): DeviceSettingsFields {
  const shown = shownValues(page)
  const number = (field: string, usual: number) => (typeof shown[field] === 'number' ? shown[field] : usual)
  const list = (field: string) => {
    const value = shown[field]
    return Array.isArray(value) ? value.filter(isText) : []
  }
  return {
    staleAfterHours: number('staleAfterHours', 168),
    graceHours: number('graceHours', 24),
    freshForHours: number('freshForHours', 72),
    sourceOrder: list('sourceOrder'),
    ignoredMacs: list('ignoredMacs'),
    macMemoryDays: number('macMemoryDays', 30),
    checkInMinutes: number('checkInMinutes', 15),
    allowFullWipe: shown['allowFullWipe'] === true,
  }
}

export const deviceSettingsValues = (fields: DeviceSettingsFields): Values => ({ ...fields })
