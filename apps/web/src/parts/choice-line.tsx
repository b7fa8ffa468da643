/**
 * One choice among a few, on a line with its title.
 *
 * @module
 */
import { SegmentedControl, Text } from '@mantine/core'
import { useId, type ReactNode } from 'react'

export interface ChoiceLineProps<Value extends string> {
  readonly title: ReactNode
  readonly choices: readonly { readonly value: Value; readonly label: string }[]
  readonly value: Value
  readonly isEditable: boolean
  readonly onChange: (value: Value) => void
}

export function ChoiceLine<Value extends string>({
  title,
  choices,
  value,
  isEditable,
  onChange,
}: ChoiceLineProps<Value>) {
  const id = useId()
  return (
    <div className="choice-line">
      <Text size="sm" fw={600} id={id}>
        {title}
      </Text>
      <SegmentedControl
        aria-labelledby={id}
        disabled={!isEditable}
        value={value}
        onChange={(chosen) => onChange(chosen as Value)}
        data={[...choices]}
      />
    </div>
  )
}
