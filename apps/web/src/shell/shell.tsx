/**
 * The shell around every page of somebody who is signed in.
 *
 * @module
 */
import { ActionIcon, AppShell, Box, Burger, Group, Tooltip } from '@mantine/core'
import { useDisclosure } from '@mantine/hooks'
import { IconLogout, IconUserCircle } from '@tabler/icons-react'
import { useQuery } from '@tanstack/react-query'
import { Link, Outlet, useLocation, useParams } from '@tanstack/react-router'
import { Redirect } from '../parts/redirect.tsx'
import { useEffect, useRef, useState } from 'react'
import { groupsQuery, sessionQuery, setupQuery } from '../api/queries.ts'
import type { Session } from '../api/access-shapes.ts'
import { treeOf } from '../groups/tree.ts'
import { Waiting } from '../parts/answer.tsx'
import { TextLink } from '../parts/link-button.tsx'
import { FailureNotice } from '../parts/notice.tsx'
import { Brand } from './brand.tsx'
import { ColorSchemeSwitch } from './color-scheme.tsx'
import { GroupSelector } from './group-selector.tsx'
import { Navigation } from './navigation.tsx'
import { useSignOut } from './session.ts'

export function Shell() {
  const session = useQuery(sessionQuery)
  const { href } = useLocation()
  if (session.data === null) return <ToTheDoor from={href} />
  if (session.data === undefined) {
    return <Box p="md">{session.isError ? <FailureNotice error={session.error} /> : <Waiting />}</Box>
  }
  return <Inside session={session.data} />
}

/** The group of the page; outside of groups the one looked at last, or the first. */
function useShownGroup(): string | undefined {
  const { group } = useParams({ strict: false })
  const { data } = useQuery(groupsQuery)
  const [last, setLast] = useState(group)
  if (group !== undefined && group !== last) setLast(group)
  const known = last !== undefined && data?.some(({ id, name }) => id === last || name === last) !== false
  return group ?? (known ? last : undefined) ?? treeOf(data ?? []).at(0)?.group.id
}

/** Nobody is signed in: to the sign-in, or to the first run of a console without an administrator. */
function ToTheDoor({ from }: { readonly from: string }) {
  const setup = useQuery(setupQuery)
  // Where one came from, not where this very redirect is leading.
  const [to] = useState(from)
  if (setup.isPending) return null
  if (setup.data?.isNeeded === true) return <Redirect to="/first-run" />
  return <Redirect to="/sign-in" search={to === '/' ? {} : { to }} />
}

function Inside({ session }: { readonly session: Session }) {
  const [isOpen, { toggle, close }] = useDisclosure(false)
  const { pathname } = useLocation()
  const group = useShownGroup()
  const main = useRef<HTMLElement>(null)
  const isFirst = useRef(true)
  useEffect(() => {
    close()
    // A new page begins at its top for the keyboard as well; the first one leaves the focus to the browser.
    if (!isFirst.current) main.current?.focus()
    isFirst.current = false
  }, [pathname, close])
  return (
    <AppShell
      header={{ height: 56 }}
      navbar={{ width: 236, breakpoint: 'sm', collapsed: { mobile: !isOpen } }}
      padding={{ base: 'md', sm: 'lg' }}
      transitionDuration={0}
    >
      <a className="skip-link" href="#main">
        Skip to the page
      </a>
      <AppShell.Header>
        <Group h="100%" px="md" gap="sm" wrap="nowrap" justify="space-between">
          <Group gap="sm" wrap="nowrap">
            <Burger
              opened={isOpen}
              onClick={toggle}
              hiddenFrom="sm"
              size="sm"
              aria-label={isOpen ? 'Close the menu' : 'Open the menu'}
              aria-expanded={isOpen}
            />
            <Link to="/" className="brand">
              <Brand />
            </Link>
          </Group>
          <Group gap={4} wrap="nowrap">
            <ColorSchemeSwitch />
            <SignedIn session={session} />
          </Group>
        </Group>
      </AppShell.Header>
      <AppShell.Navbar p="sm">
        <GroupSelector current={group} />
        <div className="navigation">
          <Navigation group={group} session={session} />
        </div>
      </AppShell.Navbar>
      <AppShell.Main id="main" tabIndex={-1} ref={main} className="main">
        <Box maw={1120}>
          <Outlet />
        </Box>
      </AppShell.Main>
    </AppShell>
  )
}

function SignedIn({ session }: { readonly session: Session }) {
  const signOut = useSignOut()
  return (
    <>
      <TextLink to="/account" aria-label={`Your account, ${session.admin.name}`} className="account-link">
        <IconUserCircle size={20} aria-hidden />
        <Box visibleFrom="xs" component="span" className="outside">
          {session.admin.name}
        </Box>
      </TextLink>
      <Tooltip label="Sign out" withArrow>
        <ActionIcon
          variant="subtle"
          color="gray"
          size="lg"
          aria-label={`Sign out ${session.admin.name}`}
          loading={signOut.isPending}
          onClick={() => signOut.mutate()}
          className="copy-button"
        >
          <IconLogout size={20} aria-hidden />
        </ActionIcon>
      </Tooltip>
    </>
  )
}
