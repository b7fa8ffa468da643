/**
 * Links with the look of a button, of a word, or of an entry in the navigation.
 *
 * All are links: they can be opened in a new window. The address is typed by the router.
 *
 * @module
 */
import { Anchor, Button, NavLink } from '@mantine/core'
import { createLink } from '@tanstack/react-router'
import type { MouseEventHandler, ReactNode } from 'react'

interface LinkProps {
  readonly href?: string
  readonly onClick?: MouseEventHandler<HTMLElement>
  readonly children?: ReactNode
  readonly className?: string
  readonly 'aria-label'?: string
}

function ButtonLook({ isSmall, ...rest }: LinkProps & { readonly isSmall?: boolean }) {
  return isSmall === true ? (
    <Button component="a" size="compact-sm" variant="light" {...rest} />
  ) : (
    <Button component="a" {...rest} />
  )
}

function TextLook({ isStrong, ...rest }: LinkProps & { readonly isStrong?: boolean }) {
  return <Anchor size="sm" fw={isStrong === true ? 600 : 400} {...rest} />
}

function EntryLook({ label, sign, ...rest }: LinkProps & { readonly label: string; readonly sign: ReactNode }) {
  return <NavLink component="a" label={label} leftSection={sign} {...rest} />
}

export const LinkButton = createLink(ButtonLook)
export const TextLink = createLink(TextLook)
export const NavigationLink = createLink(EntryLook)
