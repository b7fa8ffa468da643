/**
 * Which source is believed first, by moving them up and down.
 *
 * @module
 */
import { ActionIcon, Select, Text } from '@mantine/core'
import { IconArrowDown, IconArrowUp, IconX } from '@tabler/icons-react'
import { useId, type ReactNode } from 'react'
import { sourceWord } from '../devices/words.ts'
import { visible } from '../text/directory-text.ts'
import { useSourceNames } from './queries.ts'

export interface SourceOrderProps {
  readonly group: string
  readonly label: ReactNode
  readonly value: readonly string[]
  readonly isEditable: boolean
  readonly onChange: (order: readonly string[]) => void
}

export function SourceOrder({ group, label, value, isEditable, onChange }: SourceOrderProps) {
  const id = useId()
  const names = useSourceNames(group)
  const word = (source: string) => visible(sourceWord(source, names))
  const others = ['hub', 'fusionInventory', 'federated', ...names.keys()].filter((source) => !value.includes(source))
  const swapped = (at: number, other: number) =>
    value.map((one, index) => (index === at ? value[other]! : index === other ? value[at]! : one))
  return (
    <div>
      <Text size="sm" fw={600} id={id}>
        {label}
      </Text>
      <ol className="order" aria-labelledby={id}>
        {value.map((source, at) => (
          <li key={source}>
            <span className="outside">{word(source)}</span>
            {isEditable && (
              <span className="order-buttons">
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  className="copy-button"
                  aria-label={`${word(source)} before the one above`}
                  disabled={at === 0}
                  onClick={() => onChange(swapped(at, at - 1))}
                >
                  <IconArrowUp size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  className="copy-button"
                  aria-label={`${word(source)} after the one below`}
                  disabled={at === value.length - 1}
                  onClick={() => onChange(swapped(at, at + 1))}
                >
                  <IconArrowDown size={16} aria-hidden />
                </ActionIcon>
                <ActionIcon
                  variant="subtle"
                  color="gray"
                  className="copy-button"
                  aria-label={`Leave out ${word(source)}`}
                  onClick={() => onChange(value.filter((one) => one !== source))}
                >
                  <IconX size={16} aria-hidden />
                </ActionIcon>
              </span>
            )}
          </li>
        ))}
      </ol>
      {isEditable && others.length > 0 && (
        <Select
          aria-label="Add to the order"
          placeholder="Add another"
          maw={340}
          data={others.map((source) => ({ value: source, label: word(source) }))}
          value={null}
          onChange={(source) => source !== null && onChange([...value, source])}
        />
      )}
    </div>
  )
}
