/**
 * The navigation. What this admin may not read is not listed.
 *
 * @module
 */
import { Text } from '@mantine/core'
import { useLocation } from '@tanstack/react-router'
import { useEffect, useRef } from 'react'
import { NavigationLink } from '../parts/link-button.tsx'
import type { Session } from '../api/access-shapes.ts'
import { ofConsole, ofGroup, type Entry } from './entries.ts'
import { may } from './session.ts'

export function Navigation({ group, session }: { readonly group: string | undefined; readonly session: Session }) {
  const pages = useRef<HTMLElement>(null)
  const { pathname } = useLocation()
  useEffect(() => {
    // In a low window the entry of the page may be below the edge of the list.
    pages.current?.querySelector('[aria-current=page]')?.scrollIntoView({ block: 'nearest' })
  }, [pathname])
  return (
    <nav aria-label="Pages" ref={pages}>
      {group !== undefined &&
        ofGroup.map(({ title, entries }) => (
          <Part key={title ?? ''} title={title} entries={entries} session={session}>
            {({ to, label, sign: Sign }) => (
              <NavigationLink key={to} to={to} params={{ group }} label={label} sign={<Sign size={18} aria-hidden />} />
            )}
          </Part>
        ))}
      {ofConsole.map(({ title, entries }) => (
        <Part key={title} title={title} entries={entries} session={session}>
          {({ to, label, sign: Sign }) => (
            <NavigationLink
              key={to}
              to={to}
              activeOptions={{ exact: to === '/groups' }}
              label={label}
              sign={<Sign size={18} aria-hidden />}
            />
          )}
        </Part>
      ))}
    </nav>
  )
}

interface PartProps<One extends Entry> {
  readonly title: string | undefined
  readonly entries: readonly One[]
  readonly session: Session
  readonly children: (entry: One) => React.ReactNode
}

/** A heading without anything below it says nothing. */
function Part<One extends Entry>({ title, entries, session, children }: PartProps<One>) {
  const allowed = entries.filter(({ right }) => may(session, right))
  if (allowed.length === 0) return null
  return (
    <>
      {title !== undefined && (
        <Text size="xs" fw={600} c="dimmed" mt="sm" mb={2} px="sm">
          {title}
        </Text>
      )}
      {allowed.map(children)}
    </>
  )
}
