/**
 * A field for something that is counted whole: days, devices, ports.
 *
 * @module
 */
import { NumberInput, type NumberInputProps } from '@mantine/core'

export function WholeNumber(field: NumberInputProps) {
  return <NumberInput allowDecimal={false} {...field} />
}
