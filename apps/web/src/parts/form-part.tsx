/**
 * A part of a long form: what it is about, in a word and a sentence, and its fields.
 *
 * One that is rarely needed is folded, and says in a line what holds.
 *
 * @module
 */
import { Stack, Text } from '@mantine/core'
import type { ReactNode } from 'react'

export interface FormPartProps {
  readonly title: string
  readonly says?: ReactNode
  /** Folded, with what holds now. */
  readonly folded?: string
  readonly children: ReactNode
}

export function FormPart({ title, says, folded, children }: FormPartProps) {
  const inside = (
    <Stack gap="md">
      {says !== undefined && (
        <Text size="sm" c="dimmed" component="div">
          {says}
        </Text>
      )}
      {children}
    </Stack>
  )
  if (folded === undefined) {
    return (
      <fieldset className="plain form-part">
        <legend>{title}</legend>
        {inside}
      </fieldset>
    )
  }
  return (
    <details className="form-part is-folded">
      <summary>
        <span className="form-part-title">{title}</span>
        <Text span size="sm" c="dimmed" className="outside">
          {folded}
        </Text>
      </summary>
      <fieldset className="plain" aria-label={title}>
        {inside}
      </fieldset>
    </details>
  )
}
