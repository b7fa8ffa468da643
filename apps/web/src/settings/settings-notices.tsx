/**
 * What somebody has to know before he saves a settings page.
 *
 * @module
 */
import { Button } from '@mantine/core'
import { Notice } from '../parts/notice.tsx'
import type { useSettingsForm } from './settings-form.ts'

export function ChangedMeanwhile({ onShow }: { readonly onShow: () => void }) {
  return (
    <Notice
      about="warning"
      says="Somebody has changed these settings since you opened them."
      fix="Saving overwrites that. To see it, take the new ones; what you typed is lost then."
    >
      <Button size="compact-sm" variant="light" mt={6} onClick={onShow}>
        Show the new ones
      </Button>
    </Notice>
  )
}

interface WhatIsErasedProps {
  readonly form: Pick<
    ReturnType<typeof useSettingsForm>,
    'base' | 'mode' | 'isEditable' | 'isTakingOver' | 'isMoved' | 'hasSecrets'
  >
}

/** Which stored passwords saving erases, or does not take along. */
export function WhatIsErased({ form }: WhatIsErasedProps) {
  const { base, mode, isEditable, isTakingOver, isMoved, hasSecrets } = form
  if (base.mode === 'override' && mode === 'inherit') {
    return (
      <Notice
        about="warning"
        says="Saving erases what this group has set here, stored passwords included."
        fix="From then on it follows the group above."
      />
    )
  }
  if (!hasSecrets) return null
  if (isTakingOver) {
    return (
      <Notice
        about="warning"
        says="The stored password stays with the group above."
        fix="It is used here as long as this group inherits. To override, enter one of your own."
      />
    )
  }
  if (!isEditable || !isMoved) return null
  return (
    <Notice
      about="warning"
      says="Saving this erases the stored password."
      fix="It was given for another host, port, encryption or trust. Enter it again, for the new one."
    />
  )
}
