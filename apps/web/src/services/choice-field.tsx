/**
 * One choice among a few, below its title, as a field of a form.
 *
 * @module
 */
import { SegmentedControl, Text } from '@mantine/core'
import { useId, type ReactNode } from 'react'

export interface ChoiceFieldProps<Value extends string> {
  readonly title: ReactNode
  readonly choices: readonly { readonly value: Value; readonly label: string }[]
  readonly value: Value
  readonly onChange: (value: Value) => void
  /** What the choice means. */
  readonly says?: string
}

export function ChoiceField<Value extends string>({ title, choices, value, onChange, says }: ChoiceFieldProps<Value>) {
  const id = useId()
  return (
    <div>
      <Text size="sm" fw={600} mb={4} id={id}>
        {title}
      </Text>
      <SegmentedControl
        aria-labelledby={id}
        data={[...choices]}
        value={value}
        onChange={(chosen) => onChange(chosen as Value)}
      />
      {says !== undefined && (
        <Text size="xs" c="dimmed" mt={4}>
          {says}
        </Text>
      )}
    </div>
  )
}
