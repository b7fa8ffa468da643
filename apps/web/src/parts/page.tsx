/**
 * A page: its title, one sentence about it, what can be done, and the title of the window.
 *
 * @module
 */
import { Group, Text, Title } from '@mantine/core'
import { useEffect, type ReactNode } from 'react'

export interface PageProps {
  readonly title: string
  readonly says?: ReactNode
  readonly actions?: ReactNode
  /** The other pages of the same subject. */
  readonly links?: ReactNode
  readonly children: ReactNode
}

export function Page({ title, says, actions, links, children }: PageProps) {
  useEffect(() => {
    document.title = `${title} · Sallygate`
  }, [title])
  return (
    <>
      <div className="page-head">
        <div>
          <Title order={1} className="outside">
            {title}
          </Title>
          {says !== undefined && (
            <Text c="dimmed" size="sm" maw={680} component="div">
              {says}
            </Text>
          )}
        </div>
        {actions !== undefined && <Group gap="xs">{actions}</Group>}
      </div>
      {links}
      {children}
    </>
  )
}
