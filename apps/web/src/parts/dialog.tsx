/**
 * A dialog: one question over the page, closed with Escape, its cross, or a button.
 *
 * @module
 */
import { Modal } from '@mantine/core'
import type { ReactNode } from 'react'

export interface DialogProps {
  readonly title: string
  readonly isOpen: boolean
  readonly onClose: () => void
  readonly isWide?: boolean
  readonly children: ReactNode
}

/** What was typed into it is forgotten when it closes. Its head is no second banner of the page, so it is a plain box. */
export function Dialog({ title, isOpen, onClose, isWide = false, children }: DialogProps) {
  return (
    // It is there at once: what fades in is hard to read for as long as it does.
    <Modal.Root opened={isOpen} onClose={onClose} size={isWide ? 'lg' : 'md'} transitionProps={{ duration: 0 }}>
      <Modal.Overlay />
      <Modal.Content>
        <div className="dialog-head">
          <Modal.Title>
            <strong className="outside">{title}</strong>
          </Modal.Title>
          <Modal.CloseButton aria-label="Close" />
        </div>
        <Modal.Body>{children}</Modal.Body>
      </Modal.Content>
    </Modal.Root>
  )
}
