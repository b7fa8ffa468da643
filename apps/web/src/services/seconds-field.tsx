/**
 * A time in seconds, where the settings count milliseconds. Empty: the default.
 *
 * @module
 */
import { NumberInput } from '@mantine/core'
import type { ReactNode } from 'react'

export interface SecondsFieldProps {
  readonly label: ReactNode
  readonly ms: number | string
  readonly onChange: (ms: number | string) => void
  readonly max: number
  /** The least; with a fraction, tenths can be entered. */
  readonly min?: number
}

export function SecondsField({ label, ms, onChange, max, min = 0.1 }: SecondsFieldProps) {
  return (
    <NumberInput
      label={label}
      min={min}
      max={max}
      decimalScale={Number.isInteger(min) ? 0 : 1}
      value={ms === '' ? '' : Number(ms) / 1000}
      onChange={(value) => onChange(value === '' ? '' : Math.round(Number(value) * 1000))}
    />
  )
}
