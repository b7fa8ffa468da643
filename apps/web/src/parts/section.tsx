/**
 * A section of a page: a surface with its heading, a sentence, and what can be done there.
 *
 * @module
 */
import { Group, Paper, Text, Title } from '@mantine/core'
import { useId, type ReactNode } from 'react'

export interface SectionProps {
  readonly title: string
  readonly says?: ReactNode
  readonly actions?: ReactNode
  readonly children?: ReactNode
}

export function Section({ title, says, actions, children }: SectionProps) {
  const id = useId()
  return (
    <Paper component="section" aria-labelledby={id}>
      <Group justify="space-between" align="flex-start" gap="xs" mb={says === undefined ? 'sm' : 4}>
        <Title order={2} id={id}>
          {title}
        </Title>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </Group>
      {says !== undefined && (
        <Text size="sm" c="dimmed" mb="sm" maw={680} component="div">
          {says}
        </Text>
      )}
      {children}
    </Paper>
  )
}
