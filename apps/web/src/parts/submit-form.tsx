/**
 * A form that sends one thing: its fields, what went wrong, and the button that waits for the answer.
 *
 * @module
 */
import { Button, Group, Stack } from '@mantine/core'
import type { FormEvent, ReactNode } from 'react'
import { FailureNotice } from './notice.tsx'

export interface SubmitFormProps {
  /** What is sent. Only how it stands is read here; `onSubmit` starts it. */
  readonly of: { readonly isPending: boolean; readonly isError: boolean; readonly error: unknown }
  readonly onSubmit: (event: FormEvent<HTMLFormElement>) => void
  /** The words of the button. */
  readonly doIt: string
  /** Whether enough is given to be worth asking the console. */
  readonly isReady?: boolean
  readonly children: ReactNode
}

export interface DialogFormProps extends SubmitFormProps {
  /** Where it is worth a button besides the cross of the dialog. */
  readonly onCancel?: (() => void) | undefined
}

/** In a dialog: as wide as it, and its buttons at the end of the line. */
export function DialogForm({ onCancel, doIt, isReady = true, ...form }: DialogFormProps) {
  return (
    <Fields
      {...form}
      buttons={
        <Group justify="flex-end">
          {onCancel !== undefined && (
            <Button variant="default" onClick={onCancel}>
              Cancel
            </Button>
          )}
          <Button type="submit" loading={form.of.isPending} disabled={!isReady}>
            {doIt}
          </Button>
        </Group>
      }
    />
  )
}

export interface PageFormProps extends SubmitFormProps {
  readonly width?: number
  /** `quiet`: one of several forms of its page. `grave`: it takes something away. */
  readonly look?: 'main' | 'quiet' | 'grave'
}

const looks = {
  main: { className: 'start' },
  quiet: { className: 'start', variant: 'default' },
  grave: { className: 'start is-grave', variant: 'outline' },
} as const

/** On a page: no wider than is easy to fill in, and its button where the fields begin. */
export function PageForm({ width = 420, look = 'main', doIt, isReady = true, ...form }: PageFormProps) {
  return (
    <Fields
      {...form}
      width={width}
      buttons={
        <Button type="submit" {...looks[look]} loading={form.of.isPending} disabled={!isReady}>
          {doIt}
        </Button>
      }
    />
  )
}

interface FieldsProps extends Pick<SubmitFormProps, 'of' | 'onSubmit' | 'children'> {
  readonly width?: number
  readonly buttons: ReactNode
}

function Fields({ of, onSubmit, width, children, buttons }: FieldsProps) {
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault()
        // To React a dialog stands inside the form that opened it; that one is not sent.
        event.stopPropagation()
        onSubmit(event)
      }}
    >
      <Stack gap="md" maw={width}>
        {children}
        {of.isError && <FailureNotice error={of.error} />}
        {buttons}
      </Stack>
    </form>
  )
}
