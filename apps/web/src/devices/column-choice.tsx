/**
 * Which columns the list of devices shows.
 *
 * @module
 */
import { Button, Checkbox, Popover, Stack } from '@mantine/core'
import { IconColumns } from '@tabler/icons-react'
import { deviceColumns } from './device-columns.tsx'

export function ColumnChoice({
  wanted,
  onChange,
}: {
  readonly wanted: readonly string[]
  readonly onChange: (wanted: readonly string[]) => void
}) {
  return (
    <Popover position="bottom-end" trapFocus shadow="md">
      <Popover.Target>
        <Button variant="default" leftSection={<IconColumns size={16} aria-hidden />}>
          Columns
        </Button>
      </Popover.Target>
      <Popover.Dropdown aria-label="Columns">
        <Stack gap={6} className="column-choice">
          {deviceColumns
            .filter(({ name }) => name !== 'name')
            .map(({ name, title }) => (
              <Checkbox
                key={name}
                label={title}
                checked={wanted.includes(name)}
                onChange={(event) =>
                  onChange(event.currentTarget.checked ? [...wanted, name] : wanted.filter((one) => one !== name))
                }
              />
            ))}
        </Stack>
      </Popover.Dropdown>
    </Popover>
  )
}
