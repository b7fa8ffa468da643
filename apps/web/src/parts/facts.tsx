/**
 * Facts: names and values, side by side on a desk and below each other on a phone.
 *
 * @module
 */
import type { ReactNode } from 'react'

export function Facts({ children }: { readonly children: ReactNode }) {
  return <dl className="facts">{children}</dl>
}

export function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="outside">{children}</dd>
    </>
  )
}
