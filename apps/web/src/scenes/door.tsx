/**
 * What stands before the shell: the name of the product, and one thing to do.
 *
 * @module
 */
import { Box, Group, Paper, Title } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'
import { Brand } from '../shell/brand.tsx'
import { ColorSchemeSwitch } from '../shell/color-scheme.tsx'

export function Door({
  title,
  width,
  children,
}: {
  readonly title: string
  readonly width: number
  readonly children: ReactNode
}) {
  useEffect(() => {
    document.title = `${title} · Sallygate`
  }, [title])
  return (
    <main className="door">
      <Box maw={width}>
        <Group justify="space-between" mb="md">
          <span className="brand">
            <Brand />
          </span>
          <ColorSchemeSwitch />
        </Group>
        <Paper p="lg">
          <Title order={1} mb="md">
            {title}
          </Title>
          {children}
        </Paper>
      </Box>
    </main>
  )
}
