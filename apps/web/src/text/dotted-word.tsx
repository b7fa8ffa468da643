/**
 * A word with dots or slashes in it (`groups.services.put`): where it does not fit, it breaks behind one of them.
 *
 * @module
 */
import { Fragment } from 'react'

export function DottedWord({ children }: { readonly children: string }) {
  return (
    <span className="dotted-word">
      {children.split(/(?<=[./])/).map((part, at) => (
        <Fragment key={at}>
          {at > 0 && <wbr />}
          {part}
        </Fragment>
      ))}
    </span>
  )
}
