/**
 * The pages of one subject, beside each other below its title. They are links: each can be opened by itself.
 *
 * @module
 */
import { createLink } from '@tanstack/react-router'
import type { AnchorHTMLAttributes, ReactNode } from 'react'

function Plain(props: AnchorHTMLAttributes<HTMLAnchorElement>) {
  return <a {...props} />
}

export const PageLink = createLink(Plain)

export function PageLinks({ title, children }: { readonly title: string; readonly children: ReactNode }) {
  return (
    <nav aria-label={title} className="page-links">
      {children}
    </nav>
  )
}
